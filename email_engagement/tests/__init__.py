from . import test_access
from . import test_compose
from . import test_digest
from . import test_journey
from . import test_js
from . import test_routes
from . import test_send

from . import check, data, file, hit, preference

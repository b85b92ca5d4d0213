from . import file, hit

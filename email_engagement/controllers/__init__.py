from . import data, file, hit, preference

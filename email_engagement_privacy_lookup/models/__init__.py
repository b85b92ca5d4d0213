from . import forget_person

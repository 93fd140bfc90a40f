"""How moto is mended: by functions in the place of its methods."""

import functools


def replaces(owner, name):
    """Puts a function in the place of a method, which it gets as its first argument."""

    def put(function):
        original = getattr(owner, name)

        @functools.wraps(original)
        def method(*arguments, **named):
            return function(original, *arguments, **named)

        setattr(owner, name, method)
        return function

    return put

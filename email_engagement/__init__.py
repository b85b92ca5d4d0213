from . import controllers, models, report, wizard


def post_init_hook(env):
    """Make the secret of the tokens now. The first to send would make it otherwise:
    two of them at once would each have one, or wait for each other.
    """
    env["email.engagement.token"]._get_keys(create=True)

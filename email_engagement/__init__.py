from . import controllers, models, report, wizard


def post_init_hook(env):
    """Make the secrets now. The first to send would make them otherwise: two of them
    at once would each have one, or wait for each other; and whoever first opens a
    composer cannot, since that only reads.
    """
    env["email.engagement.token"]._get_keys(create=True)
    env["email.engagement.policy"]._address_key()

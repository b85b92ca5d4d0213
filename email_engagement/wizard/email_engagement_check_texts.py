"""The words of "Check my set-up": what each step is about, what was found, and what to
do about it. Codes and values are those of ``tools/setup_check.py``.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

STEPS = {
    "address": _lt("Address in the emails"),
    "door": _lt("Reaching this database"),
    "proxy": _lt("Addresses of recipients"),
    "sending": _lt("Sending a test email"),
    "pixel": _lt("Loading its picture"),
    "link": _lt("Following its link"),
    "digest": _lt("From the request to the timeline"),
    "crons": _lt("Scheduled actions"),
    "incoming": _lt("Answers and bounces"),
    "country": _lt("Countries"),
}

_DOMAIN = _lt(
    "Enter the public address of this Odoo as “Tracking domain” in the settings."
)
_REQUEST_LOG = _lt(
    "Look at the log of your web server for a request of /ee/ at this moment."
)
_DATABASE = _lt(
    "Let the host name decide: start Odoo with --database and one name, or with a "
    "--db-filter that leaves one for this host. A proxy can also name the database in "
    "the header X-Odoo-Database, for requests of /ee/ to this host; it has to take "
    "away the header Cookie then."
)

_SERVERS = _lt(
    "Test the connection under Settings → General Settings → Emails → Use Custom Email "
    "Servers."
)
_SWITCH_ON = _lt(
    "Switch it on under Settings → Technical → Scheduled Actions (developer mode)."
)
_LEAD_HERE = _lt("Have the address, with all of /ee/, lead to this Odoo unchanged.")
_LOG = _lt("Odoo's log says why.")

#: code: (what was found, what to do about it)
TEXTS = {
    # --- the address
    "address_ok": (_lt("Links begin with %(url)s."), None),
    "address_missing": (
        _lt("“%(url)s” is not an address that links can begin with."),
        _DOMAIN,
    ),
    "address_local": (
        _lt(
            "%(host)s is a name that only your own network knows: no recipient can "
            "follow a link to %(url)s."
        ),
        _DOMAIN,
    ),
    "address_private": (
        _lt(
            "%(address)s is an address of this machine or of your own network: no "
            "recipient can follow a link to %(url)s."
        ),
        _DOMAIN,
    ),
    "address_number": (
        _lt("%(url)s is a number and not a name: mail filters mistrust such links."),
        _DOMAIN,
    ),
    "address_unknown": (
        _lt("The name %(host)s is not known in the DNS, so %(url)s cannot be reached."),
        _lt("Correct the tracking domain, or have a DNS record made for this name."),
    ),
    "address_inside": (
        _lt(
            "Seen from here %(host)s is %(address)s, an address of your own network. "
            "Recipients reach %(url)s only if the name leads elsewhere from outside."
        ),
        _lt("Open the address with a telephone that is not in your network."),
    ),
    "no_https": (
        _lt(
            "%(url)s has no https: what recipients do can be read on its way, mail "
            "programs may not load such pictures, and browsers warn."
        ),
        _lt("Get a certificate for this name and enter the address with https."),
    ),
    "address_changes": (
        _lt(
            "The address is not a fixed one: Odoo replaces it by the one with which an "
            "administrator last signed in."
        ),
        _lt(
            "Enter a tracking domain, or set the system parameter "
            "web.base.url.freeze to True."
        ),
    ),
    # --- reaching it
    "door_ok": (
        _lt("A request to %(url)s without a login was answered by this database."),
        None,
    ),
    "door_other": (
        _lt(
            "%(url)s was answered (%(status)s), but not by this database: by another "
            "program, by another database, or by an Odoo that was not restarted after "
            "the installation."
        ),
        _lt("Have the address, with all of /ee/, lead to this Odoo."),
    ),
    "database_none": (
        _lt("Odoo's database filter leaves no database for the host of %(url)s."),
        _DATABASE,
    ),
    "database_many": (
        _lt(
            "There are several databases for the host of %(url)s, and a recipient's "
            "request does not say which one it means."
        ),
        _DATABASE,
    ),
    "database_another": (
        _lt("Odoo's database filter sends requests to %(url)s to another database."),
        _DATABASE,
    ),
    "redirected": (
        _lt("%(url)s sends its visitors on to %(location)s."),
        _lt(
            "Enter the address to which it leads as “Tracking domain”: mail programs "
            "do not always follow a second redirect when they load pictures."
        ),
    ),
    "reach_dns": (
        _lt("The name of %(url)s cannot be looked up here: %(detail)s."),
        _lt("Correct the tracking domain, or the DNS of this server."),
    ),
    "reach_refused": (
        _lt("Nobody answers at %(url)s: the connection is refused."),
        _lt(
            "Check the port, that the web server runs, and that no firewall refuses "
            "connections of this server to its own public address."
        ),
    ),
    "reach_timeout": (
        _lt("%(url)s does not answer in time."),
        _lt(
            "A firewall may drop the connection. Some networks do not let a server "
            "reach its own public address although others can: open the address with "
            "a telephone that is not in your network."
        ),
    ),
    "reach_unreachable": (
        _lt("There is no way from this server to %(url)s: %(detail)s."),
        _lt("Check the routes and the firewall of this server."),
    ),
    "reach_tls": (
        _lt("The certificate of %(url)s is not accepted: %(detail)s."),
        _lt(
            "Renew the certificate, for exactly this name, and install it with all of "
            "its intermediate certificates."
        ),
    ),
    "reach_other": (_lt("%(url)s cannot be loaded: %(detail)s."), _REQUEST_LOG),
    "reach_kept_out": (
        _lt(
            "The request to %(url)s was turned away (%(status)s), by a password, a "
            "firewall for web applications or a limit."
        ),
        _lt("Let requests of /ee/ through, from everywhere and without a password."),
    ),
    "reach_no_backend": (
        _lt("The web server of %(url)s answers, but does not reach Odoo (%(status)s)."),
        _lt("Check that Odoo runs and that the web server passes /ee/ on to it."),
    ),
    "reach_broken": (
        _lt("%(url)s answers with an error (%(status)s)."),
        _lt("Odoo's log says what went wrong."),
    ),
    "addresses_left": (
        _lt(
            "Links can also begin with %(urls)s: more addresses than the check tries "
            "at once."
        ),
        None,
    ),
    "not_tried": (_lt("Not tried, since the address was not reached."), None),
    # --- proxy
    "proxy_ok": (
        _lt(
            "Odoo sees the address of whoever asks, through your proxy (here: "
            "%(address)s)."
        ),
        None,
    ),
    "proxy_none": (
        _lt(
            "Requests arrive without a proxy; Odoo sees the address of whoever asks "
            "(here: %(address)s)."
        ),
        None,
    ),
    "proxy_mode_off": (
        _lt(
            "Requests come through a proxy, but Odoo does not believe it: all "
            "recipients have the address %(address)s, so that neither scanners are "
            "known by their networks nor countries by addresses."
        ),
        _lt("Set proxy_mode = True in Odoo's configuration and restart Odoo."),
    ),
    "proxy_bypassed": (
        _lt(
            "Odoo believes what a proxy says (proxy_mode), but this request came "
            "without one: whoever reaches Odoo like this can pretend any address."
        ),
        _lt(
            "Let nobody but the proxy reach Odoo's port, and have the proxy send "
            "X-Forwarded-For and X-Forwarded-Host."
        ),
    ),
    "proxy_no_host": (
        _lt(
            "Your proxy does not send X-Forwarded-Host, without which Odoo ignores "
            "everything else that it says: all recipients have the address "
            "%(address)s."
        ),
        _lt(
            "Have the proxy send X-Forwarded-Host, X-Forwarded-For and "
            "X-Forwarded-Proto."
        ),
    ),
    "proxy_no_for": (
        _lt(
            "Your proxy does not send X-Forwarded-For: all recipients have the "
            "address %(address)s."
        ),
        _lt("Have the proxy send X-Forwarded-For."),
    ),
    "proxy_chain": (
        _lt(
            "Requests come through several proxies, and Odoo takes %(address)s, "
            "the address of one of them, for the recipient's."
        ),
        _lt(
            "Have the last proxy send the recipient's address alone in "
            "X-Forwarded-For (in nginx: real_ip_header with set_real_ip_from)."
        ),
    ),
    "proxy_no_proto": (
        _lt("Your proxy does not say that requests came by https."),
        _lt("Have the proxy send X-Forwarded-Proto."),
    ),
    # --- sending
    "sent_ok": (
        _lt(
            "Your mail server (%(server)s) accepted an email to %(email)s. Read it "
            "on a telephone that is not in your network and follow its second link: "
            "that nobody outside is kept out cannot be known from here."
        ),
        None,
    ),
    "send_no_address": (
        _lt("You have no email address to which a test email could go."),
        _lt("Enter your email address in your preferences."),
    ),
    "send_failed": (
        _lt("The test email to %(email)s was not accepted by %(server)s: %(detail)s"),
        _SERVERS,
    ),
    "neutralized": (
        _lt(
            "This is a neutralised copy of a database: it sends no emails and follows "
            "nobody."
        ),
        None,
    ),
    # --- picture and link
    "pixel_ok": (_lt("The picture of the test email was loaded from %(url)s."), None),
    "pixel_other": (
        _lt("Instead of the picture something else came (%(status)s)."),
        _LEAD_HERE,
    ),
    "link_ok": (
        _lt("The link of the test email, over %(url)s, leads where it should."),
        None,
    ),
    "link_other": (
        _lt("The link of the test email leads elsewhere (%(status)s)."),
        _LEAD_HERE,
    ),
    # --- timeline
    "digest_ok": (
        _lt(
            "Both requests were written down and are interactions in a timeline; "
            "those of the test are deleted again."
        ),
        None,
    ),
    "policy_off": (
        _lt(
            "Nothing is recorded: the privacy settings of the company switch "
            "opens and clicks off."
        ),
        _lt("Choose under “Privacy” whom to follow."),
    ),
    "not_recorded": (
        _lt("The requests were answered and not written down."),
        _lt(
            "Odoo's log says why. Until the database takes them, they wait on the disk "
            "of the server that got them."
        ),
    ),
    "digest_failed": (
        _lt("The requests were written down, but could not be made interactions."),
        _LOG,
    ),
    "digest_inactive": (
        _lt(
            "The scheduled action that makes interactions of requests is switched off."
        ),
        _SWITCH_ON,
    ),
    "cron_silent": (
        _lt(
            "No scheduled action runs on this Odoo, so nothing that recipients do is "
            "ever shown."
        ),
        _lt(
            "Start Odoo with --max-cron-threads of 1 or more, or a second Odoo for "
            "this database with --no-http."
        ),
    ),
    "digest_late": (
        _lt(
            "It takes long until requests are interactions: scheduled actions are "
            "busy with something else."
        ),
        _lt("If it is always so, give Odoo more cron threads (--max-cron-threads)."),
    ),
    # --- scheduled actions
    "crons_ok": (_lt("All that Email Engagement needs are on, and none fails."), None),
    "cron_gone": (
        _lt("“%(name)s” was deleted."),
        _lt("Upgrade the addon that it belongs to, which makes it anew."),
    ),
    "cron_inactive": (
        _lt("“%(name)s” is switched off."),
        _SWITCH_ON,
    ),
    "cron_failing": (
        _lt("“%(name)s” has failed %(count)s times, first on %(date)s."),
        _LOG,
    ),
    # --- incoming
    "replies_ok": (
        _lt(
            "Answers go to %(catchall)s and bounces to %(bounce)s, and mail is "
            "fetched. That such an email really arrives here only an answer shows."
        ),
        None,
    ),
    "replies_seen": (
        _lt(
            "Answers go to %(catchall)s and bounces to %(bounce)s; the last email "
            "came in on %(date)s."
        ),
        None,
    ),
    "replies_no_domain": (
        _lt(
            "The company has no email domain of its own in Odoo: answers and bounces "
            "go to the sender's mailbox, where Odoo does not see them."
        ),
        _lt(
            "Set an alias domain under Settings → General Settings → Emails, and an "
            "incoming mail server."
        ),
    ),
    "incoming_long_ago": (
        _lt(
            "Answers go to %(catchall)s and bounces to %(bounce)s, but no incoming "
            "mail server is set up and the last email came in on %(date)s."
        ),
        _lt("Answer one of your emails and see whether the answer comes in."),
    ),
    "incoming_never": (
        _lt(
            "No incoming mail server is set up and no email has come in yet, so that "
            "answers to %(address)s are not seen."
        ),
        _lt(
            "Set one up under Settings → General Settings → Emails → Use Custom Email "
            "Servers, or have your mail server hand emails to Odoo's gateway."
        ),
    ),
    "incoming_failing": (
        _lt("Mail cannot be fetched from “%(name)s”: %(detail)s"),
        _SERVERS,
    ),
    "incoming_late": (
        _lt("Mail was not fetched from “%(name)s” within the last hour."),
        _lt(
            "See whether “Mail: Fetchmail Service” is on and runs, under Settings → "
            "Technical → Scheduled Actions (developer mode)."
        ),
    ),
    # --- countries
    "country_ok": (_lt("A database of countries by address is there."), None),
    "country_missing": (
        _lt(
            "Odoo has no GeoIP database: from which country somebody reads is not "
            "shown."
        ),
        _lt(
            "Download GeoLite2-Country and name it in Odoo's configuration as "
            "geoip_country_db. Everything else works without."
        ),
    ),
    "crashed": (_lt("This step broke off: %(detail)s"), _LOG),
}

from datetime import datetime, timedelta, timezone
from unittest import SkipTest
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, tagged

from .common import BROWSER, EngagementCase
from .file_case import FILE, PDF

ACCOUNT = {
    "account_name": "accountname",
    "tenant_id": "tenantid",
    "client_id": "clientid",
    "client_secret": "secret",
    "container_name": "container-name",
}


@tagged("post_install", "-at_install")
class TestCloudStorage(EngagementCase, HttpCase):
    """A followed file that Odoo keeps in a cloud storage: Azure's, whose addresses are
    signed here, with a key that it would have handed out once a week.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        modules = cls.env["ir.module.module"]
        if modules._get("cloud_storage_azure").state != "installed":
            raise SkipTest("cloud_storage_azure is not installed")
        for name, value in ACCOUNT.items():
            parameters.set_param(f"cloud_storage_azure_{name}", value)
        parameters.set_param("cloud_storage_provider", "azure")
        parameters.set_param("web.base.url", cls.base_url())
        cls.enterClassContext(cls.key_of_azure())

    @classmethod
    def key_of_azure(cls):
        from odoo.addons.cloud_storage_azure.models import ir_attachment
        from odoo.addons.cloud_storage_azure.utils import cloud_storage_azure_utils

        now = datetime.now(timezone.utc)
        key = cloud_storage_azure_utils.UserDelegationKey()
        key.signed_oid, key.signed_tid = "oid", "tid"
        key.signed_start = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        key.signed_expiry = (now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
        key.signed_service, key.signed_version = "b", "2023-11-03"
        key.value = "KEHG9q+1y6XGLHkDNv3pR2DhmbOfxeTf5KAJ5/ssNpU="
        settings = cls.env["res.config.settings"]._get_cloud_storage_configuration()
        settings.pop("container_name")
        return patch.dict(
            ir_attachment.CloudStorageAzureUserDelegationKeys,
            {cls.env.cr.dbname: ({**settings, "sequence": 0}, key)},
        )

    def send(self, name):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create({"name": name, "raw": PDF, "res_model": "mail.compose.message"})
        )
        # as after an upload from the browser
        attachment.sudo()._post_add_create(cloud_storage=True)
        self.assertEqual(attachment.type, "cloud_storage")
        message, mails = self.post(
            "<p>x</p>",
            attachment_ids=attachment.ids,
            engagement_attachment_ids=attachment.ids,
        )
        [(token, name)] = FILE.findall(mails[0]["body"])
        self.env.flush_all()
        return attachment, message.engagement_id, f"/ee/a/{token}/{name}"

    def get(self, path, method="GET"):
        self.env.flush_all()
        response = self.opener.request(
            method,
            self.base_url() + path,
            headers={"User-Agent": BROWSER, "Accept-Language": "en"},
            allow_redirects=False,
            timeout=30,
        )
        self.env.invalidate_all()
        return response

    def test_followed_file(self):
        attachment, engagement, path = self.send("Angebot für Ärzte.pdf")
        link = engagement.file_ids
        self.assertNotEqual(link.attachment_id, attachment)
        response = self.get(path)
        self.assertEqual(response.status_code, 302)
        address = response.headers["Location"]
        self.assertEqual(address.partition("?")[0], attachment.url)
        self.assertTrue(
            address.startswith("https://accountname.blob.core.windows.net/")
        )
        query = parse_qs(urlsplit(address).query)
        self.assertEqual(query["sp"], ["r"], "to read only")
        self.assertTrue(query["sig"])
        # so that the next view is seen, and the address is not kept beyond its time
        self.assertEqual(response.headers["Cache-Control"], "no-store, max-age=0")
        hit = self.env["email.engagement.hit"].search([("kind", "=", "attachment")])
        self.assertEqual(hit.link_id, link.id)
        engagement.trace_ids.sent_date -= timedelta(hours=1)
        self.env.flush_all()
        self.digest()
        self.assertEqual(link.view_count, 1)
        self.assertEqual(engagement.attachment_view_count, 1)

    def test_what_is_revoked_is_not_signed(self):
        _attachment, engagement, path = self.send("a.pdf")
        engagement.file_ids.revoked = True
        response = self.get(path)
        self.assertEqual(response.status_code, 410)
        self.assertNotIn("sig=", response.text)

    def test_re_upload(self):
        """What was sent is what is served."""
        attachment, engagement, path = self.send("a.pdf")
        url = attachment.url
        attachment.sudo().write({"type": "binary", "url": False, "raw": b"other"})
        self.assertEqual(self.get(path).headers["Location"].partition("?")[0], url)
        attachment.sudo().unlink()
        self.assertEqual(self.get(path, "HEAD").status_code, 302)
        self.assertEqual(engagement.file_ids.file_state, "available")

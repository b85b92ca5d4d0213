"""Seed a database for `files`, and write the paths that are asked for.

    python -m benchmarks.inside.seed_files DATABASE FOLDER SIZE...

``FOLDER/<size>`` has the path of our route in its first line, core's in its second.
The files are sparse: what is measured is the server and not the disk.
"""

import os
import sys
from pathlib import Path

from .odoo_env import environment
from .seed import followed_emails


def main(database: str, folder: Path, *sizes: int) -> None:
    with environment(database) as env:
        # What is beyond the limit is only counted, which is no measure of storing.
        parameters = env["ir.config_parameter"]
        parameters.set_param("email_engagement.hits_per_minute", "1000000000")
        traces, _links = followed_emails(env, 4)
        trace = env["email.engagement.trace"].browse(traces[0])
        for size in sizes:
            attachment = env["ir.attachment"].create(
                {"name": f"file-{size}.pdf", "raw": f"%PDF {size}".encode()}
            )
            os.truncate(attachment._full_path(attachment.store_fname), size)
            env.cr.execute(
                "UPDATE ir_attachment SET file_size = %s, mimetype = %s WHERE id = %s",
                [size, "application/pdf", attachment.id],
            )
            attachment.invalidate_recordset()
            [token] = attachment.generate_access_token()
            engagement = trace.engagement_id
            engagement._follow_files(engagement.file_ids.source_id | attachment)
            link = engagement.file_ids.filtered(
                lambda link, source=attachment: link.source_id == source
            )
            ours = engagement._file_url("http://bench.example.com", trace.id, link)
            core = f"/web/content/{attachment.id}?access_token={token}"
            path = ours.removeprefix("http://bench.example.com")
            (folder / str(size)).write_text(f"{path}\n{core}\n")
        env.cr.execute("UPDATE ir_cron SET active = FALSE")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))

"""The digest dies in the middle of a batch, and runs twice at a time."""

import random
import time

from .trial import Finding, Trial


def digest_killed(site, quick: bool) -> Finding:
    times = 3 if quick else 6
    with Trial(site, links=4_000 * times, waiting=True) as trial:
        dice = random.Random(7)
        killed = 0
        for _ in range(times):
            process = site.start_script("digest_all", trial.database)
            process.stdout.readline()
            time.sleep(dice.uniform(0.05, 0.5))
            killed += process.poll() is None
            process.kill()
            process.communicate()
        left = int(trial.sql("SELECT count(*) FROM email_engagement_hit"))
        site.script("digest_all", trial.database)
        finding = trial.finding(f"digest killed {times} times")
        finding.expect(killed, "it was never at work when it was killed")
        finding.notes.append(f"{left} waited after the last kill")
        return finding


def two_digests(site, quick: bool) -> Finding:
    with Trial(site, links=5_000 if quick else 20_000, waiting=True) as trial:
        both = [site.start_script("digest_all", trial.database) for _ in range(2)]
        errors = [process.communicate()[1] for process in both]
        finding = trial.finding("two digests at once")
        for process, error in zip(both, errors, strict=True):
            finding.expect(not process.returncode, f"one failed: {error[-200:]}")
        return finding

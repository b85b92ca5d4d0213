"""tools/classify.py: what the neighbourhood of a hit tells."""

import gc
import random

from ..tools import classify
from ..tools.classify import Past, Rules, classify_trace
from .test_classify import (
    CHROME,
    EXCHANGE,
    GMAIL,
    HOME,
    LATER,
    OUTLOOK,
    SAFARI,
    SENT,
    ClassifyCase,
)


def past_of(hits, outcome, first_id=0):
    """What is known of some hits once they are events."""
    return [
        Past(
            id=first_id + hit.id,
            kind=hit.kind,
            link_id=hit.link_id,
            date=hit.date,
            source=source,
            actor=verdict.actor,
            reason=verdict.reason,
        )
        for hit, verdict, source in zip(
            hits, outcome.verdicts, outcome.sources, strict=True
        )
    ]


class TestBurst(ClassifyCase):
    """Three different links within three seconds."""

    def clicks(self, *moments, **more):
        return [
            self.hit(link=link, at=LATER + moment, **more)
            for link, moment in enumerate(moments, 1)
        ]

    def test_burst(self):
        for verdict in self.verdicts(*self.clicks(0, 1.5, 3)):
            self.assertEqual(
                (verdict.actor, verdict.reason, verdict.counts),
                ("scanner", "burst", False),
            )

    def test_slower_is_a_person(self):
        self.assertEqual(self.reasons(*self.clicks(0, 1.5, 3.1)), ["browser"] * 3)

    def test_two_links_are_a_person(self):
        self.assertEqual(self.reasons(*self.clicks(0, 0.2)), ["browser"] * 2)

    def test_double_clicks_are_a_person(self):
        hits = [self.hit(link=1, at=LATER + n / 10) for n in range(5)]
        hits += [self.hit(link=2, at=LATER + 1 + n / 10) for n in range(5)]
        self.assertEqual(self.reasons(*hits), ["browser"] * 10)

    def test_files_and_links_are_a_burst_together(self):
        hits = [
            self.hit("click", 1, LATER),
            self.hit("attachment", 2, LATER + 1),
            self.hit("click", 3, LATER + 2),
        ]
        self.assertEqual(self.reasons(*hits), ["burst"] * 3)

    def test_pixels_are_no_links(self):
        hits = [self.hit("image", n, LATER + n / 10) for n in range(6)]
        self.assertEqual(self.reasons(*hits), ["browser"] * 6)

    def test_whole_burst_is_marked(self):
        """Also what is in a window with enough links only together with others."""
        self.assertEqual(
            self.reasons(*self.clicks(0, 1, 2, 3, 4.5, 5.5)), ["burst"] * 6
        )

    def test_same_link_again_in_the_burst(self):
        hits = [self.hit(link=n % 3, at=LATER + n / 4) for n in range(9)]
        self.assertEqual(self.reasons(*hits), ["burst"] * 9)

    def test_open_of_the_same_source_near_by(self):
        burst = self.clicks(0, 1, 2)
        for at, expected in (
            (-3, "same_source"),
            (5, "same_source"),
            (-3.1, "browser"),
            (5.1, "browser"),
            (1, "same_source"),
        ):
            hits = sorted(
                [*burst, self.hit("open", at=LATER + at)], key=lambda hit: hit.date
            )
            reasons = self.reasons(*hits)
            self.assertEqual(reasons.count("burst"), 3)
            self.assertIn(expected, reasons)

    def test_how_sure(self):
        hits = [*self.clicks(0, 1, 2), self.hit("open", at=LATER + 2)]
        strength = [verdict.confidence for verdict in self.verdicts(*hits)]
        self.assertEqual(strength, ["strong"] * 3 + ["probable"])

    def test_person_meanwhile(self):
        """What another client of another network does stays a person's."""
        person = {"agent": SAFARI, "address": "198.51.100.4"}
        hits = [
            *self.clicks(0, 1, 2),
            self.hit("open", at=LATER + 2.5, **person),
            self.hit(link=2, at=LATER + 2.8, **person),
        ]
        self.assertEqual(self.reasons(*hits)[3:], ["browser"] * 2)

    def test_person_later_from_the_same_place(self):
        hits = [*self.clicks(0, 1, 2), self.hit(link=1, at=LATER + 60)]
        self.assertEqual(self.reasons(*hits)[3], "browser")

    def test_scanner_with_many_addresses(self):
        """One user agent from all over a data centre, or from several."""
        hits = [
            self.hit(link=n, at=LATER + n / 2, address=f"20.{n}.7.{n}")
            for n in range(4)
        ]
        self.assertEqual(self.reasons(*hits), ["burst"] * 4)

    def test_scanner_with_many_user_agents(self):
        hits = [
            self.hit(
                link=n,
                at=LATER + n / 2,
                agent=CHROME.replace("142", str(120 + n)),
                address=f"20.7.{n}.1",
            )
            for n in range(4)
        ]
        self.assertEqual(self.reasons(*hits), ["burst"] * 4)

    def test_unlike_in_everything_is_no_burst(self):
        """Several people who share a mailbox."""
        hits = [
            self.hit(
                link=n,
                at=LATER + n / 2,
                agent=CHROME.replace("142", str(120 + n)),
                address=f"{20 + n}.7.1.1",
            )
            for n in range(4)
        ]
        self.assertEqual(self.reasons(*hits), ["browser"] * 4)

    def test_unknown_addresses_are_not_one_network(self):
        hits = [
            self.hit(
                link=n,
                at=LATER + n / 2,
                agent=CHROME.replace("142", str(120 + n)),
                address="",
            )
            for n in range(4)
        ]
        self.assertEqual(self.reasons(*hits), ["browser"] * 4)
        self.assertEqual(self.reasons(*self.clicks(0, 1, 2, address="")), ["burst"] * 3)

    def test_prefetch_of_links_is_not_held_against_the_reader(self):
        hits = [
            *self.clicks(0, 0.1, 0.2, purpose="prefetch"),
            self.hit(link=1, at=LATER + 2),
        ]
        self.assertEqual(self.reasons(*hits)[3], "browser")

    def test_own_people_are_nobody_s_neighbours(self):
        hits = [*self.clicks(0, 1, is_internal=True), self.hit(link=7, at=LATER + 2)]
        self.assertEqual(self.reasons(*hits)[2], "browser")

    def test_better_reasons_stay(self):
        hits = [
            self.hit(link=1, agent="curl/8.5", at=LATER),
            self.hit(link=2, agent=CHROME, at=LATER + 1),
            self.hit(link=3, agent=SAFARI, at=LATER + 2),
        ]
        self.assertEqual(self.reasons(*hits), ["ua_tool", "burst", "burst"])

    def test_burst_goes_before_the_clock(self):
        hits = [self.hit(link=n, at=SENT + n) for n in range(3)]
        self.assertEqual(self.reasons(*hits), ["burst"] * 3)

    def test_settings(self):
        five = Rules(burst_links=5)
        self.assertEqual(
            self.reasons(*self.clicks(0, 1, 2), rules=five), ["browser"] * 3
        )
        slow = Rules(burst_seconds=10)
        self.assertEqual(
            self.reasons(*self.clicks(0, 5, 10), rules=slow), ["burst"] * 3
        )
        off = Rules(burst_links=0)
        self.assertEqual(
            self.reasons(*self.clicks(0, 0, 0), rules=off), ["browser"] * 3
        )

    def test_head_accuses_clicks_of_its_client(self):
        head = self.hit("click", 1, LATER, head=True)
        for kind, expected in (
            ("click", "same_source"),
            ("attachment", "browser"),
            ("open", "browser"),
        ):
            hit = self.hit(kind, 1, LATER + 0.5)
            self.assertEqual(self.reasons(head, hit)[1], expected)
        other = self.hit("click", 1, LATER + 0.5, agent=SAFARI)
        self.assertEqual(self.reasons(head, other)[1], "browser")
        late = self.hit("click", 1, LATER + 3.5)
        self.assertEqual(self.reasons(head, late)[1], "browser")

    def test_outlook_looks_first_then_the_browser(self):
        """Office asks for the link's headers by itself when a person clicks."""
        hits = [
            self.hit("open", at=LATER, agent=OUTLOOK),
            self.hit(
                at=LATER + 2, agent="Microsoft Office Existence Discovery", head=True
            ),
            self.hit(at=LATER + 2.1, agent=OUTLOOK, head=True),
            self.hit(at=LATER + 2.5),
        ]
        self.assertEqual(
            self.reasons(*hits),
            ["mail_client", "head_request", "head_request", "browser"],
        )


class TestEarlier(ClassifyCase):
    """Bursts that straddle digests."""

    def past(self, hits, rules=None, **kwargs):
        rules = rules or self.rules
        outcome = classify_trace(hits, sent=SENT, rules=rules, **kwargs)
        return past_of(hits, outcome, first_id=1000)

    def test_marked_backwards(self):
        before = [
            self.hit("open", at=LATER),
            self.hit(link=1, at=LATER + 1),
            self.hit(link=2, at=LATER + 2),
        ]
        past = self.past(before)
        self.assertEqual([one.reason for one in past], ["browser"] * 3)
        outcome = classify_trace(
            [self.hit(link=3, at=LATER + 3)], sent=SENT, earlier=past, rules=self.rules
        )
        self.assertEqual(outcome.verdicts[0].reason, "burst")
        reasons = {id_: verdict.reason for id_, verdict in outcome.revised.items()}
        self.assertEqual(
            reasons,
            {past[0].id: "same_source", past[1].id: "burst", past[2].id: "burst"},
        )

    def test_a_burst_goes_on(self):
        past = self.past([self.hit(link=n, at=LATER + n) for n in range(3)])
        outcome = classify_trace(
            [self.hit("open", at=LATER + 4)], sent=SENT, earlier=past, rules=self.rules
        )
        self.assertEqual(outcome.verdicts[0].reason, "same_source")
        self.assertEqual(outcome.revised, {})

    def test_earlier_alone_is_revised(self):
        """Nothing waits, and the rules know better now."""
        lenient = Rules(burst_links=0)
        past = self.past([self.hit(link=n, at=LATER + n) for n in range(3)], lenient)
        outcome = classify_trace([], sent=SENT, earlier=past, rules=self.rules)
        self.assertEqual(len(outcome.revised), 3)

    def test_addresses_are_kept_nowhere(self):
        """Not even in a cache of this process."""
        hits = [self.hit(address="203.0.113.217", at=LATER + n) for n in range(2)]
        self.past(hits)
        for function in vars(classify).values():
            if hasattr(function, "cache_info"):
                seen = repr(gc.get_referents(function))
                self.assertNotIn("203.0.113.217", seen)

    def test_sources_tell_nothing(self):
        source, other = (
            classify_trace(
                [self.hit()], sent=SENT, rules=Rules(source_key=key)
            ).sources[0]
            for key in (b"secret", b"other")
        )
        self.assertNotIn("203.0", source)
        self.assertNotIn("Chrome", source)
        self.assertLessEqual(len(source), 33)
        self.assertNotEqual(source, other)

    def test_lookback(self):
        self.assertEqual(self.rules.lookback, 6.0)
        self.assertEqual(Rules(burst_seconds=10).lookback, 20.0)

    def test_nothing(self):
        self.assertEqual(classify_trace([], sent=None, rules=self.rules), ([], {}, []))

    def test_any_cut_gives_the_same(self):
        """Hits classified at once or in any number of digests: the same verdicts in
        the end, with the events of no more than ``lookback`` seconds at hand.
        """
        draw = random.Random(5)
        agents = [CHROME, SAFARI, OUTLOOK, GMAIL, "curl/8.5", ""]
        addresses = [HOME, "203.0.99.1", "198.51.100.1", EXCHANGE, ""]
        bursts = 0
        for _round in range(400):
            hits, date = [], SENT + draw.choice((0, 50, 3600))
            for _hit in range(draw.randrange(2, 25)):
                date += draw.choice((0, 0, 0.25, 0.5, 1, 2, 3, 4, 7))
                hits.append(
                    self.hit(
                        draw.choice(("open", "click", "click", "click", "attachment")),
                        draw.randrange(5),
                        date,
                        draw.choice(agents[: draw.choice((1, 2, 6))]),
                        draw.choice(addresses[: draw.choice((1, 2, 5))]),
                        head=draw.random() < 0.1,
                        purpose="prefetch" if draw.random() < 0.05 else "",
                    )
                )
            at_once = self.reasons(*hits)
            bursts += "burst" in at_once
            self.assertEqual(self._in_digests(hits, draw), at_once)
        self.assertGreater(bursts, 100)

    def _in_digests(self, hits, draw):
        events, rest = {}, list(hits)
        while rest:
            size = draw.randrange(1, len(rest) + 1)
            batch, rest = rest[:size], rest[size:]
            since = batch[0].date - self.rules.lookback
            earlier = [past for past in events.values() if past.date >= since]
            outcome = classify_trace(
                batch, sent=SENT, earlier=earlier, rules=self.rules
            )
            for id_, verdict in outcome.revised.items():
                past = events[id_]
                events[id_] = Past(
                    past.id,
                    past.kind,
                    past.link_id,
                    past.date,
                    past.source,
                    verdict.actor,
                    verdict.reason,
                )
            events.update({past.id: past for past in past_of(batch, outcome)})
        return [events[hit.id].reason for hit in hits]

    def test_order_of_simultaneous_hits(self):
        """What happened at one instant is judged alike, however it was stored."""
        hits = [self.hit(link=n, at=LATER) for n in range(3)]
        hits += [self.hit("open", at=LATER)]
        for _round in range(6):
            random.Random(_round).shuffle(hits)
            kinds = [hit.kind for hit in hits]
            reasons = dict(zip(kinds, self.reasons(*hits), strict=True))
            self.assertEqual(reasons, {"click": "burst", "open": "same_source"})

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { newest } from "@email_engagement/core/common/newest";
import { RelativeTime } from "@mail/core/common/relative_time";
import { Domain } from "@web/core/domain";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

export const PAGE = 20;
/** Who goes back further wants to go far. */
export const NEXT_PAGE = 80;
const RECIPIENTS_MAX = 500;
const RECIPIENT_ACTS = ["open", "click", "attachment"];
const MACHINES = ["prefetch", "preview", "scanner"];
const SPECIFICATION = {
    type: {},
    date: {},
    counted: {},
    who: {},
    what: {},
    note: {},
    reason: {},
    reason_text: {},
    url: {},
    device: {},
    device_text: {},
    country_id: { fields: { display_name: {} } },
    engagement_id: { fields: { display_name: {} } },
};
const SYMBOLS = {
    sent: "fa-paper-plane-o",
    open: "fa-envelope-open-o",
    click: "fa-mouse-pointer",
    attachment: "fa-file-o",
    reply: "fa-reply",
    bounce: "fa-exclamation-triangle",
    alert: "fa-bell-o",
};
const DEVICES = { mobile: "fa-mobile", tablet: "fa-tablet", desktop: "fa-desktop" };
const KINDS = {
    open: _t("Opens"),
    click: _t("Clicks"),
    attachment: _t("Files"),
    reply: _t("Replies"),
};

// What does not count is out of sight, but never out of reach: people trust a number
// when they can see what it leaves out.
const COUNTING = ["|", ["counted", "=", true], ["type", "not in", RECIPIENT_ACTS]];
const NOT_COUNTING = [
    ["counted", "=", false],
    ["type", "in", RECIPIENT_ACTS],
];
const DOMAINS = {
    people: COUNTING,
    machines: [...NOT_COUNTING, ["actor", "in", MACHINES]],
    others: [...NOT_COUNTING, ["actor", "not in", MACHINES]],
};

/** What became of one followed email, or of all that a person got, newest first. */
export class EngagementTimeline extends Component {
    static template = "email_engagement.Timeline";
    static components = { RelativeTime };
    static props = {
        engagementId: { type: Number, optional: true },
        /** Instead of an email: everything with this contact and those below it. */
        partnerId: { type: Number, optional: true },
        /** Anything that differs when there may be something new. */
        version: { type: String, optional: true },
        /** Whether it can be narrowed to a recipient and a kind, and verdicts changed. */
        full: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.askEvents = newest();
        this.askFilters = newest();
        this.kinds = Object.entries(KINDS).map(([name, label]) => ({ name, label }));
        this.state = useState({
            kind: false,
            recipient: false,
            recipients: [],
            people: { events: [], length: 0 },
            machines: { events: [], length: 0, isOpen: false },
            others: { events: [], length: 0, isOpen: false },
        });
        onWillStart(() => Promise.all([this.load(), this.loadFilters()]));
        onWillUpdateProps((nextProps) => {
            const isOther =
                nextProps.engagementId !== this.props.engagementId ||
                nextProps.partnerId !== this.props.partnerId;
            if (isOther) {
                Object.assign(this.state, { kind: false, recipient: false });
                return Promise.all([this.load(nextProps), this.loadFilters(nextProps)]);
            }
            if (nextProps.version !== this.props.version) {
                return this.load(nextProps, { keep: true });
            }
        });
    }

    get isEmpty() {
        return this.state.people.events.every((event) => event.type === "sent");
    }

    get recipientsBound() {
        const { length } = this.state.recipients;
        return length === RECIPIENTS_MAX && _t("The first %s recipients", length);
    }

    get isNarrowed() {
        return Boolean(this.state.kind || this.state.recipient);
    }

    get shownText() {
        const { events, length } = this.state.people;
        return _t("%(shown)s of %(total)s", { shown: events.length, total: length });
    }

    get folds() {
        const { machines, others } = this.state;
        return [
            {
                name: "machines",
                icon: "fa-cogs",
                title:
                    machines.length === 1
                        ? _t("1 automatic interaction, not counted")
                        : _t("%s automatic interactions, not counted", machines.length),
                ...machines,
            },
            {
                name: "others",
                icon: "fa-eye-slash",
                title:
                    others.length === 1
                        ? _t("1 other interaction that does not count")
                        : _t("%s other interactions that do not count", others.length),
                ...others,
            },
        ].filter((fold) => fold.length);
    }

    /** Recipients to choose from, and whether this user may change verdicts. */
    async loadFilters(props = this.props) {
        if (!props.full) {
            return;
        }
        const isNewest = this.askFilters();
        const [mayJudge, recipients] = await Promise.all([
            user.hasGroup("email_engagement.group_administrator"),
            props.engagementId
                ? this.orm.searchRead(
                      "email.engagement.trace",
                      [["engagement_id", "=", props.engagementId]],
                      ["recipient_name"],
                      { limit: RECIPIENTS_MAX }
                  )
                : [],
        ]);
        if (!isNewest()) {
            return;
        }
        this.mayJudge = mayJudge;
        this.state.recipients = recipients;
    }

    /**
     * What people did, and how much there is in the folds.
     *
     * @param {Object} [props]
     * @param {boolean} [options.keep] as many events as are shown already, and what is
     *  unfolded stays unfolded
     */
    async load(props = this.props, { keep = false } = {}) {
        const isNewest = this.askEvents();
        const shown = (part) => (keep ? this.state[part].events.length : 0);
        const isOpen = (part) => keep && this.state[part].isOpen;
        const fold = (part) =>
            isOpen(part) ? this.fetch(part, { props, limit: Math.max(PAGE, shown(part)) }) : {};
        const [people, groups, machines, others] = await Promise.all([
            this.fetch("people", { props, limit: Math.max(PAGE, shown("people")) }),
            this.orm.formattedReadGroup(
                "email.engagement.event",
                Domain.and([this.domain(props), NOT_COUNTING]).toList(),
                ["actor"],
                ["__count"]
            ),
            fold("machines"),
            fold("others"),
        ]);
        if (!isNewest()) {
            return;
        }
        const lengths = { machines: 0, others: 0 };
        for (const { actor, __count } of groups) {
            lengths[MACHINES.includes(actor) ? "machines" : "others"] += __count;
        }
        Object.assign(this.state.people, people);
        for (const [name, page] of Object.entries({ machines, others })) {
            Object.assign(this.state[name], {
                events: page.events ?? [],
                length: lengths[name],
                isOpen: isOpen(name) && Boolean(lengths[name]),
            });
        }
    }

    domain({ engagementId, partnerId }) {
        const domains = [];
        if (partnerId) {
            domains.push([["contact_id", "child_of", partnerId]]);
        } else {
            domains.push([["engagement_id", "=", engagementId]]);
        }
        if (this.state.kind) {
            domains.push([["type", "=", this.state.kind]]);
        }
        if (this.state.recipient) {
            domains.push([["trace_id", "=", this.state.recipient]]);
        }
        return Domain.and(domains).toList();
    }

    async fetch(part, { props = this.props, limit = PAGE, offset = 0 } = {}) {
        const { length, records } = await this.orm.webSearchRead(
            "email.engagement.event",
            Domain.and([this.domain(props), DOMAINS[part]]).toList(),
            { specification: SPECIFICATION, limit, offset, order: "date desc, id desc" }
        );
        return { length, events: records.map((record) => this.prepare(record, part)) };
    }

    prepare(record, part) {
        const date = deserializeDateTime(record.date);
        return {
            ...record,
            date,
            exact: date.toLocaleString(luxon.DateTime.DATETIME_FULL),
            country: record.country_id?.display_name,
            email: this.props.partnerId && record.engagement_id,
            symbol: SYMBOLS[record.type],
            deviceSymbol: DEVICES[record.device],
            // no person did it: the name only says in whose copy
            who: part === "machines" ? _t("Copy for %s", record.who) : record.who,
            tone: part === "people" ? record.type : "uncounted",
            note: part === "people" ? record.note : record.reason_text,
            // an open that a click tells of goes with the click
            isJudged: RECIPIENT_ACTS.includes(record.type) && record.reason !== "implied",
        };
    }

    async showMore(part) {
        const { events } = this.state[part];
        const limit = events.length ? NEXT_PAGE : PAGE;
        const page = await this.fetch(part, { limit, offset: events.length });
        if (events !== this.state[part].events) {
            return; // loaded again meanwhile, of another kind perhaps
        }
        // Something may have come in on top since, which moved the others down.
        const known = new Set(events.map((event) => event.id));
        events.push(...page.events.filter((event) => !known.has(event.id)));
        this.state[part].length = page.length;
    }

    async toggle(part) {
        const fold = this.state[part];
        if (!fold.events.length) {
            await this.showMore(part);
        }
        fold.isOpen = !fold.isOpen && fold.events.length > 0;
    }

    narrow(filter) {
        Object.assign(this.state, filter);
        return this.load();
    }

    onChangeRecipient(ev) {
        return this.narrow({ recipient: Number(ev.target.value) || false });
    }

    async judge(event) {
        await this.orm.call(
            "email.engagement.event",
            event.counted ? "action_do_not_count" : "action_count",
            [[event.id]]
        );
        await this.load(this.props, { keep: true });
    }

    openEmail(engagement) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "email.engagement",
            res_id: engagement.id,
            views: [[false, "form"]],
        });
    }
}

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { RelativeTime } from "@mail/core/common/relative_time";
import { Domain } from "@web/core/domain";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAGE = 20;
const RECIPIENT_ACTS = ["open", "click", "attachment"];
const MACHINES = ["prefetch", "preview", "scanner"];
const SPECIFICATION = {
    type: {},
    date: {},
    counted: {},
    who: {},
    what: {},
    note: {},
    reason_text: {},
    url: {},
    device: {},
    device_text: {},
    country_id: { fields: { display_name: {} } },
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

/** What became of one followed email, newest first. */
export class EngagementTimeline extends Component {
    static template = "email_engagement.Timeline";
    static components = { RelativeTime };
    static props = {
        engagementId: Number,
        /** Anything that differs when there may be something new. */
        version: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            people: { events: [], length: 0 },
            machines: { events: [], length: 0, isOpen: false },
            others: { events: [], length: 0, isOpen: false },
        });
        onWillStart(() => this.load(this.props.engagementId));
        onWillUpdateProps((nextProps) => {
            if (
                nextProps.engagementId !== this.props.engagementId ||
                nextProps.version !== this.props.version
            ) {
                return this.load(nextProps.engagementId);
            }
        });
    }

    get isEmpty() {
        return this.state.people.events.every((event) => event.type === "sent");
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

    /** The first page of what people did, and how much there is in the folds. */
    async load(engagementId) {
        const [people, groups] = await Promise.all([
            this.fetch(engagementId, "people"),
            this.orm.formattedReadGroup(
                "email.engagement.event",
                [["engagement_id", "=", engagementId], ...NOT_COUNTING],
                ["actor"],
                ["__count"]
            ),
        ]);
        const lengths = { machines: 0, others: 0 };
        for (const { actor, __count } of groups) {
            lengths[MACHINES.includes(actor) ? "machines" : "others"] += __count;
        }
        Object.assign(this.state.people, people);
        for (const [name, length] of Object.entries(lengths)) {
            Object.assign(this.state[name], { events: [], length, isOpen: false });
        }
    }

    async fetch(engagementId, part, offset = 0) {
        const { length, records } = await this.orm.webSearchRead(
            "email.engagement.event",
            Domain.and([[["engagement_id", "=", engagementId]], DOMAINS[part]]).toList(),
            { specification: SPECIFICATION, limit: PAGE, offset, order: "date desc, id desc" }
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
            symbol: SYMBOLS[record.type],
            deviceSymbol: DEVICES[record.device],
            // no person did it: the name only says in whose copy
            who: part === "machines" ? _t("Copy for %s", record.who) : record.who,
            tone: part === "people" ? record.type : "uncounted",
            note: part === "people" ? record.note : record.reason_text,
        };
    }

    async showMore(part) {
        const { events } = this.state[part];
        const page = await this.fetch(this.props.engagementId, part, events.length);
        this.state[part].events.push(...page.events);
        this.state[part].length = page.length;
    }

    async toggle(part) {
        const fold = this.state[part];
        if (!fold.events.length) {
            await this.showMore(part);
        }
        fold.isOpen = !fold.isOpen;
    }
}

/** The timeline in the form of a followed email. */
export class EngagementTimelineWidget extends Component {
    static template = "email_engagement.TimelineWidget";
    static components = { EngagementTimeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ version: "" });
        useRecordObserver(({ data }) => {
            this.state.version = [
                data.open_count,
                data.click_count,
                data.attachment_view_count,
                data.reply_count,
                data.machine_count,
                data.status,
            ].join();
        });
    }
}

registry.category("view_widgets").add("engagement_timeline", {
    component: EngagementTimelineWidget,
    fieldDependencies: [
        { name: "open_count", type: "integer" },
        { name: "click_count", type: "integer" },
        { name: "attachment_view_count", type: "integer" },
        { name: "reply_count", type: "integer" },
        { name: "machine_count", type: "integer" },
        { name: "status", type: "selection" },
    ],
});

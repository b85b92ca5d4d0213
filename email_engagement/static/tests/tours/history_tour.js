import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("email_engagement.history", {
    steps: () => [
        {
            content: "One glance says what became of the email; notes say nothing",
            trigger:
                ".o-mail-Chatter:has(.o-mail-Message:contains(A note):not(:has(.o-engagement-Tile)))",
        },
        {
            content: "Unfold its history",
            trigger:
                ".o-mail-Message:contains(our offer) .o-engagement-Tile[data-status='clicked'][aria-expanded='false']",
            run: "click",
        },
        {
            content: "Figures and recipients",
            trigger:
                ".o-engagement-History:contains(2 Opens):contains(1 Link clicks) .o-engagement-Recipient:contains(Anna Customer):contains(Clicked)",
        },
        {
            content: "What happened",
            trigger:
                ".o-engagement-History .o_engagement_event[data-type='click']:contains(our offer)",
        },
        {
            content: "Open the full page",
            trigger: ".o-engagement-History button:contains(Open)",
            run: "click",
        },
        {
            content: "Narrow it to clicks",
            trigger: ".o_engagement_form .o_engagement_filters [data-kind='click']",
            run: "click",
        },
        {
            trigger:
                ".o_engagement_form .o_engagement_timeline:not(:has([data-type='open'])) [data-type='click']",
        },
        {
            content: "The email stands beside it",
            trigger: ".o_engagement_form iframe.o_engagement_email",
        },
    ],
});

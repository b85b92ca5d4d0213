import { registry } from "@web/core/registry";
import { openComposer, openFullComposer, write } from "@email_engagement/../tests/tours/tour_steps";

const OPEN_PICKER = {
    content: "Open the picker of templates",
    trigger: ".modal .mail-composer-template-dropdown-btn",
    run: "click",
};
const ITEM = ".mail-composer-template-list .dropdown-item";

registry.category("web_tour.tours").add("email_engagement.template_picker", {
    steps: () => [
        openComposer(),
        write("Something first"),
        openFullComposer(),
        OPEN_PICKER,
        {
            content: "What works best comes first, with a star and its rates",
            trigger: `${ITEM}:first:contains(Works well):has(.fa-star):contains(85%):contains(30%)`,
        },
        {
            content: "What was not sent yet has no rate, not 0 %",
            trigger: `${ITEM}:contains(Never sent):not(:has(.o-engagement-TemplateRates))`,
        },
        {
            content: "Load it",
            trigger: `${ITEM}:contains(Works well)`,
            run: "click",
        },
        {
            content: "It was the variant's turn",
            trigger: ".modal .o_field_html:contains(the text of the variant)",
        },
        {
            content: "Send it",
            trigger: ".modal .o_mail_send[name='action_send_mail']",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o-mail-Message-body:contains(the text of the variant)" },
    ],
});

registry.category("web_tour.tours").add("email_engagement.template_results", {
    steps: () => [
        {
            content: "Sort by open rate",
            trigger: "th[data-name=engagement_open_rate]",
            run: "click",
        },
        {
            content: "The worst one is first",
            trigger: ".o_data_row:first:contains(Works badly):contains(10%)",
        },
        {
            content: "Again: the best one is first",
            trigger: "th[data-name=engagement_open_rate]",
            run: "click",
        },
        { trigger: ".o_data_row:first:contains(Works well):contains(Recommended)" },
        {
            content: "All emails together are below, not the mean of the rates",
            trigger: "tfoot:contains(140):contains(48.6%)",
        },
        {
            content: "Open the worst one",
            trigger: ".o_data_row:contains(Works badly) td.o_data_cell",
            run: "click",
        },
        {
            content: "The form says so",
            trigger: ".alert:contains(clearly worse):contains(4 of 40 opened)",
        },
        {
            content: "Back",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Open the best one",
            trigger: ".o_data_row:contains(Works well) td.o_data_cell",
            run: "click",
        },
        {
            content: "Its results",
            trigger: ".nav-link:contains(Results)",
            run: "click",
        },
        { trigger: ".o_engagement_open_rate:contains(85%):contains(48.6%)" },
        { trigger: ".o_engagement_trend canvas" },
        {
            content: "Its variant was not sent yet",
            trigger: ".o_engagement_comparison:contains(about 20 more)",
        },
        {
            content: "Its emails",
            trigger: "button[name=action_engagement_emails]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Works well)" },
    ],
});

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("email_engagement_crm.pipeline", {
    steps: () => [
        {
            content: "Somebody clicked on it lately: its card says so",
            trigger:
                ".o_kanban_record:contains(warmer) .o_engagement_lead_badge:has([aria-label=Warm])",
        },
        {
            content: "Not opened, so not warm",
            trigger:
                ".o_kanban_record:contains(cold) .o_engagement_lead_badge:not(:has([aria-label=Warm]))",
        },
        {
            content: "No followed email: nothing on the card",
            trigger: ".o_kanban_record:contains(silent):not(:has(.o_engagement_lead_badge))",
        },
        {
            content: "As a list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "Our columns are there for who wants them",
            trigger: ".o_list_view .o_optional_columns_dropdown button",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Last Email Interaction)",
            run: "click",
        },
        {
            content: "Sort by it",
            trigger: "th[data-name=engagement_last_event]",
            run: "click",
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Who is warm",
            trigger: ".o_filter_menu .o_menu_item:contains(Warm: Interaction in 7 Days)",
            run: "click",
        },
        {
            content: "Only the two who did something",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(cold))):not(:has(.o_data_row:contains(silent))) .o_data_row:contains(warmer)",
        },
    ],
});

tours.add("email_engagement_crm.who_is_warm", {
    steps: () => [
        {
            content: "Who did something last is on top",
            trigger: ".o_list_view .o_data_row:first:contains(warmer)",
        },
        {
            content: "Nobody opened the email to the cold one",
            trigger: ".o_list_view tbody:not(:contains(cold))",
        },
        {
            content: "Call the first one",
            trigger: ".o_data_row:first .o_data_cell:contains(warmer)",
            run: "click",
        },
        {
            content: "Its emails",
            trigger: "button[name=action_open_engagements]:contains(1):contains(Opened)",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains(Followed Emails)",
        },
    ],
});

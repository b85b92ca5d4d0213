import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Everything with a person, in the contacts' own screens. */
tours.add("email_engagement.contact", {
    steps: () => [
        {
            content: "The smart button says how many emails, and how many were opened",
            trigger: "button[name=action_open_engagements]:contains(2):contains(50% opened)",
        },
        {
            content: "Everything with her has a page of its own",
            trigger: ".o_notebook .nav-link[name=engagement]",
            run: "click",
        },
        {
            content: "Both emails are in it",
            trigger:
                ".o_engagement_timeline:has(:contains(First offer)):has(:contains(Second offer)) .o_engagement_filters",
        },
        {
            content: "Narrow it to clicks",
            trigger: ".o_engagement_filters [data-kind=click]",
            run: "click",
        },
        {
            content: "Only the first one was clicked",
            trigger:
                ".o_engagement_timeline:not(:contains(Second offer)) [data-type=click]:contains(First offer)",
        },
        {
            content: "From there to the email",
            trigger: ".o_engagement_event_email",
            run: "click",
        },
        {
            content: "The full page of this email",
            trigger: ".o_engagement_form h2:contains(First offer)",
        },
        {
            content: "And back",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "The smart button leads to her emails",
            trigger: "button[name=action_open_engagements]",
            run: "click",
        },
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(First offer):contains(Clicked)) .o_data_row:contains(Second offer)",
        },
    ],
});

tours.add("email_engagement.contacts", {
    steps: () => [
        {
            content: "A card says when somebody last did something",
            trigger: ".o_kanban_record:contains(Anna Customer) [aria-label='Last interaction']",
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Who opened an email and did not answer",
            trigger: ".o_filter_menu .o_menu_item:contains(Opened, Not Answered)",
            run: "click",
        },
        {
            content: "Anna, and nobody else",
            trigger:
                ".o_kanban_view:not(:has(.o_kanban_record:contains(Bob Buyer))) .o_kanban_record:contains(Anna Customer)",
        },
    ],
});

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("email_engagement.report", {
    steps: () => [
        {
            content: "Rates over time as a graph",
            trigger: ".o_graph_renderer canvas",
        },
        {
            content: "The same as a table",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "Three copies, one of them opened, by template",
            trigger: ".o_pivot tbody tr:contains(None):contains(3):contains(33.3)",
        },
        {
            content: "When they are read",
            trigger: ".o_menu_sections [data-menu-xmlid='email_engagement.menu_reporting']",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item[data-menu-xmlid='email_engagement.menu_report_hours']",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains(When They Are Read)",
        },
        {
            content: "By hour and weekday",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "One open",
            trigger: ".o_pivot tbody tr:contains(Total) td:contains(1)",
        },
    ],
});

import { registry } from "@web/core/registry";

const choose = (label) => [
    {
        content: "Open the list of triggers",
        trigger: ".o_field_widget[name='trigger'] input",
        run: "click",
    },
    {
        content: `Choose "${label}"`,
        trigger: `.o_select_menu_menu .o_select_menu_item:contains("${label}")`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("email_engagement_automation.rule", {
    steps: () => [
        { trigger: ".o-kanban-button-new", run: "click" },
        {
            trigger: ".o_form_view .o_field_widget[name='name'] input",
            run: "edit Call again",
        },
        {
            trigger: ".o_field_widget[name='model_id'] input",
            run: "edit Contact",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:text(Contact)",
            run: "click",
        },
        ...choose("Email is opened"),
        { trigger: ".o_field_widget[name='engagement_each_time']" },
        ...choose("No reply to email after"),
        {
            trigger: ".o_field_widget[name='trg_date_range'] input:value(3)",
            run: "edit 5",
        },
        { trigger: ".o_form_view:not(:has(.o_field_widget[name='engagement_each_time']))" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        {
            content: "Core's own triggers are still there",
            trigger: ".o_field_widget[name='trigger'] input",
            run: "click",
        },
        { trigger: ".o_select_menu_menu:contains(On archived):contains(After creation)" },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "The list of rules names it",
            trigger: ".o_kanban_record:contains(Call again):contains(No reply to email after)",
        },
    ],
});

import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import { startServer } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    getService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineEngagementModels();

class Lead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    engagement_status = fields.Selection({
        selection: [
            ["sent", "Not yet opened"],
            ["opened", "Opened"],
        ],
    });

    _records = [
        { id: 1, name: "Desks", engagement_status: "sent" },
        { id: 2, name: "Chairs", engagement_status: "sent" },
    ];
}
defineModels([Lead]);

test("the card whose email has changed is loaded again, and no other", async () => {
    const pyEnv = await startServer();
    const [id] = pyEnv["email.engagement"].create([
        { model: "crm.lead", res_id: 1 },
        { model: "crm.lead", res_id: 2 },
    ]);
    onRpc("crm.lead", "web_read", ({ args }) => expect.step(args[0]));
    onRpc("crm.lead", "web_search_read", () => expect.step("load"));
    await mountView({
        type: "kanban",
        resModel: "crm.lead",
        arch: `
            <kanban js_class="crm_kanban">
                <templates>
                    <t t-name="card">
                        <field name="name"/>
                        <field name="engagement_status"/>
                    </t>
                </templates>
            </kanban>`,
    });
    expect.verifySteps(["load"]);
    pyEnv["crm.lead"].write([1, 2], { engagement_status: "opened" });
    getService("email_engagement.live").bus.trigger("CHANGED", { ids: [id] });
    await expect.waitForSteps([[1]]);
    await animationFrame();
    expect(".o_kanban_record:contains(Desks)").toHaveText("Desks\nOpened");
    expect(".o_kanban_record:contains(Chairs)").toHaveText("Chairs\nNot yet opened");
});

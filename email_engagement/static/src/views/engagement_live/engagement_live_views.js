import { useBus, useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Selecting records would be lost; they see what is new when they are done. */
const isBusy = (root) => Boolean(root.selection?.length);

/**
 * Views of followed emails load again when one of them changed, on the same page.
 *
 * @param {typeof import("@odoo/owl").Component} Controller
 * @param {(root: Object, ids: number[]) => boolean} concerns
 */
function live(Controller, concerns) {
    return class extends Controller {
        setup() {
            super.setup();
            const service = useService("email_engagement.live");
            useBus(service.bus, "CHANGED", async ({ detail }) => {
                const { root } = this.model;
                if (root && !isBusy(root) && concerns(root, detail.ids)) {
                    await root.load();
                    // What an empty list showed instead was not clickable.
                    this.model.useSampleModel = false;
                    this.model.notify();
                }
            });
        }
    };
}

// Any change may bring an email into a list, or move it in its order.
const always = () => true;
const isShown = (root, ids) => ids.includes(root.resId);

const views = registry.category("views");
views.add("engagement_list", { ...listView, Controller: live(ListController, always) });
views.add("engagement_kanban", { ...kanbanView, Controller: live(KanbanController, always) });
views.add("engagement_form", { ...formView, Controller: live(FormController, isShown) });

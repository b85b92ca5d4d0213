import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";

/** Open and reply rate of a template by month, over the number of emails. */
export class TemplateTrend extends Component {
    static template = "email_engagement.TemplateTrend";
    static props = { points: { type: Array } };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.config);
                return () => chart.destroy();
            },
            () => [this.props.points]
        );
    }

    get config() {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#d1d5db");
        const grid = getCustomColor(scheme, "#e5e7eb", "#3c3e4b");
        const { points } = this.props;
        const rate = (label, key, color) => ({
            type: "line",
            label,
            data: points.map((point) => (100 * point[key]) / point.sent),
            yAxisID: "rate",
            borderColor: color,
            backgroundColor: color,
            tension: 0.2,
        });
        const title = (content) => ({ display: true, text: content, color: text });
        return {
            data: {
                labels: points.map((point) =>
                    deserializeDate(point.month).toLocaleString({ month: "short", year: "2-digit" })
                ),
                datasets: [
                    rate(_t("Open rate"), "opened", getCustomColor(scheme, "#017e84", "#1db4bb")),
                    rate(_t("Reply rate"), "replied", getCustomColor(scheme, "#28a745", "#5bd178")),
                    {
                        type: "bar",
                        label: _t("Sent emails"),
                        data: points.map((point) => point.sent),
                        yAxisID: "sent",
                        backgroundColor: hexToRGBA(text, 0.15),
                        maxBarThickness: 40,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { color: text, boxWidth: 12 } },
                    tooltip: {
                        callbacks: {
                            label: ({ dataset, parsed }) =>
                                dataset.yAxisID === "rate"
                                    ? `${dataset.label}: ${parsed.y.toFixed(1)}%`
                                    : `${dataset.label}: ${parsed.y}`,
                        },
                    },
                },
                scales: {
                    x: { grid: { display: false }, ticks: { color: text } },
                    rate: {
                        axis: "y",
                        position: "left",
                        min: 0,
                        max: 100,
                        grid: { color: grid },
                        ticks: { color: text, callback: (value) => `${value}%` },
                    },
                    sent: {
                        axis: "y",
                        position: "right",
                        min: 0,
                        grid: { display: false },
                        ticks: { color: text, precision: 0 },
                        title: title(_t("Sent emails")),
                    },
                },
            },
        };
    }
}

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { formatInterval, formatRate } from "./rates";

/**
 * Open and reply rate of a template by week or month, over the number of emails.
 *
 * Few emails make large swings that mean nothing: each rate has its interval, and those
 * of fewer emails than a judgement takes are hollow and not connected. Nothing is made up
 * between them: a time without emails is a gap.
 */
export class TemplateTrend extends Component {
    static template = "email_engagement.TemplateTrend";
    static props = { trend: { type: Object } };

    setup() {
        this.canvas = useRef("canvas");
        this.formatRate = formatRate;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.config);
                return () => chart.destroy();
            },
            () => [this.props.trend]
        );
    }

    get label() {
        return this.props.trend.unit === "week"
            ? _t("Open rate and reply rate by week")
            : _t("Open rate and reply rate by month");
    }

    /** Which week or month a point is of. Not in two digits: "Nov 26" would be a day. */
    period({ date }) {
        return deserializeDate(date).toLocaleString(
            this.props.trend.unit === "week"
                ? { day: "numeric", month: "short" }
                : { month: "short", year: "numeric" }
        );
    }

    isFew(index) {
        const { points, min_sample } = this.props.trend;
        return points[index].sent < min_sample;
    }

    rateDataset(label, name, color, background) {
        const isFew = ({ dataIndex }) => this.isFew(dataIndex);
        return {
            type: "line",
            label,
            engagementRate: name,
            data: this.props.trend.points.map((point) => point[name]?.rate ?? null),
            yAxisID: "rate",
            borderColor: color,
            backgroundColor: color,
            pointBackgroundColor: (context) => (isFew(context) ? background : color),
            pointRadius: 4,
            clip: false,
            spanGaps: false,
            segment: {
                borderColor: ({ p0DataIndex, p1DataIndex }) =>
                    this.isFew(p0DataIndex) || this.isFew(p1DataIndex) ? "transparent" : color,
            },
        };
    }

    get config() {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#d1d5db");
        const grid = getCustomColor(scheme, "#e5e7eb", "#3c3e4b");
        const background = getCustomColor(scheme, "#ffffff", "#262a36");
        const isRtl = localization.direction === "rtl";
        const { points } = this.props.trend;
        const open = getCustomColor(scheme, "#017e84", "#1db4bb");
        const reply = getCustomColor(scheme, "#b45309", "#f59e0b");
        return {
            data: {
                labels: points.map((point) => this.period(point)),
                datasets: [
                    this.rateDataset(_t("Open rate"), "open", open, background),
                    this.rateDataset(_t("Reply rate"), "reply", reply, background),
                    {
                        type: "bar",
                        label: _t("Copies"),
                        data: points.map((point) => point.sent || null),
                        yAxisID: "sent",
                        backgroundColor: hexToRGBA(text, 0.15),
                        maxBarThickness: 40,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        position: "bottom",
                        rtl: isRtl,
                        labels: { color: text, boxWidth: 12 },
                    },
                    tooltip: {
                        rtl: isRtl,
                        callbacks: {
                            label: (item) => this.explain(item),
                            footer: ([item]) =>
                                item && this.isFew(item.dataIndex)
                                    ? _t("So few emails say little.")
                                    : "",
                        },
                    },
                },
                scales: {
                    x: { reverse: isRtl, grid: { display: false }, ticks: { color: text } },
                    rate: {
                        axis: "y",
                        position: isRtl ? "right" : "left",
                        min: 0,
                        max: 100,
                        grid: { color: grid },
                        ticks: { color: text, callback: (value) => formatRate(value, 0) },
                    },
                    sent: {
                        axis: "y",
                        position: isRtl ? "left" : "right",
                        min: 0,
                        // The bars stay below most rates.
                        grace: "50%",
                        grid: { display: false },
                        ticks: { color: text, precision: 0 },
                        title: { display: true, text: _t("Copies"), color: text },
                    },
                },
            },
            plugins: [
                {
                    id: "engagement_intervals",
                    afterUpdate: (chart) => placeSideBySide(chart, isRtl),
                    beforeDatasetsDraw: (chart) => drawIntervals(chart, points),
                },
            ],
        };
    }

    explain({ dataset, dataIndex, parsed }) {
        const point = this.props.trend.points[dataIndex];
        const name = dataset.engagementRate;
        if (!name) {
            return `${dataset.label}: ${parsed.y}`;
        }
        const { rate, low, high } = point[name];
        return [
            _t("%(label)s: %(rate)s (%(count)s of %(sent)s)", {
                label: dataset.label,
                rate: formatRate(rate),
                count: name === "open" ? point.opened : point.replied,
                sent: point.sent,
            }),
            _t("95% interval: %s", formatInterval({ open_low: low, open_high: high }, "open")),
        ];
    }
}

function rateMetas(chart) {
    return chart.data.datasets
        .map((dataset, number) => ({ ...chart.getDatasetMeta(number), dataset, number }))
        .filter(({ dataset, number }) => dataset.engagementRate && chart.isDatasetVisible(number));
}

/** Both rates of a time beside each other, so that their intervals do not hide each other. */
function placeSideBySide(chart, isRtl) {
    const metas = rateMetas(chart);
    metas.forEach(({ data: elements }, place) => {
        const shift = 8 * (place - (metas.length - 1) / 2) * (isRtl ? -1 : 1);
        for (const element of elements) {
            element.x += shift;
        }
    });
}

/** A line from one bound of each rate's interval to the other. */
function drawIntervals(chart, points) {
    const { ctx } = chart;
    const y = (percent) => chart.scales.rate.getPixelForValue(percent);
    ctx.save();
    ctx.lineWidth = 3;
    ctx.globalAlpha = 0.35;
    for (const { data: elements, dataset } of rateMetas(chart)) {
        ctx.strokeStyle = dataset.borderColor;
        elements.forEach((element, index) => {
            const interval = points[index][dataset.engagementRate];
            if (interval) {
                ctx.beginPath();
                ctx.moveTo(element.x, y(interval.low));
                ctx.lineTo(element.x, y(interval.high));
                ctx.stroke();
            }
        });
    }
    ctx.restore();
}

//! The plots, as SVG.

use super::published::Published;
use crate::evaluate::{MODELS, Trial};
use crate::generator::Attacker;
use crate::measure;
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

type Drawn = Result<(), Box<dyn Error + Send + Sync>>;
const SHOWN: [Attacker; 4] = [Attacker::Naive, Attacker::Vpn, Attacker::Targeted, Attacker::Phisher];
const COLOURS: [RGBColor; 4] =
    [RGBColor(120, 120, 120), RGBColor(0, 90, 160), RGBColor(0, 140, 90), RGBColor(150, 110, 190)];
const PUBLISHED: RGBColor = RGBColor(200, 80, 0);

/// The share of challenged logins by length of history, where 99 % are caught.
pub fn curves(file: &Path, trials: &[Trial], published: Option<&Published>) -> Drawn {
    let area = SVGBackend::new(file, (1_100, 800)).into_drawing_area();
    area.fill(&WHITE)?;
    for (attacker, area) in SHOWN.into_iter().zip(area.split_evenly((2, 2))) {
        let place = measure::place(attacker);
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .caption(format!("{}: challenged at 99 % caught, by logins", attacker.name()), ("sans-serif", 18))
            .x_label_area_size(30)
            .y_label_area_size(40)
            .build_cartesian_2d(2f64..39f64, 0f64..1f64)?;
        chart.configure_mesh().light_line_style(WHITE).draw()?;
        for (model, name) in MODELS.iter().enumerate() {
            let threshold = measure::threshold(trials, model, place, 0.99);
            let points: Vec<_> =
                (2..=39).map(|n| (f64::from(n), measure::challenged(trials, (model, place), threshold, n))).collect();
            line(&mut chart, points, name, COLOURS[model])?;
        }
        if let Some(published) = published {
            let point = |n| published.rate(attacker, 0.99, n).map(|rate| (f64::from(n), rate));
            line(&mut chart, (2..=39).filter_map(point).collect(), "published", PUBLISHED)?;
        }
        chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    }
    Ok(area.present()?)
}

/// The share of attempts caught by the share of owners' logins challenged.
pub fn roc(file: &Path, trials: &[Trial]) -> Drawn {
    let area = SVGBackend::new(file, (1_100, 800)).into_drawing_area();
    area.fill(&WHITE)?;
    for (attacker, area) in SHOWN.into_iter().zip(area.split_evenly((2, 2))) {
        let place = measure::place(attacker);
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .caption(format!("{}: caught, by owners challenged", attacker.name()), ("sans-serif", 18))
            .x_label_area_size(30)
            .y_label_area_size(40)
            .build_cartesian_2d(0f64..1f64, 0f64..1f64)?;
        chart.configure_mesh().light_line_style(WHITE).draw()?;
        for (model, name) in MODELS.iter().enumerate() {
            let points = (0..=100).map(|step| {
                let caught = f64::from(step) / 100.0;
                let threshold = measure::threshold(trials, model, place, caught);
                (measure::asked(trials, (model, place), threshold, |_| true), caught)
            });
            line(&mut chart, points.collect(), name, COLOURS[model])?;
        }
        chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    }
    Ok(area.present()?)
}

/// Shares of logins that are suspected, by threshold in thousandths; each curve with its name.
pub fn asked(file: &Path, curves: Vec<(&str, Vec<(i32, f64)>)>) -> Drawn {
    let area = SVGBackend::new(file, (800, 500)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .caption("suspected, by threshold", ("sans-serif", 18))
        .x_label_area_size(30)
        .y_label_area_size(40)
        .build_cartesian_2d(-8_000f64..6_000f64, 0f64..1f64)?;
    chart.configure_mesh().light_line_style(WHITE).draw()?;
    for ((name, points), colour) in curves.into_iter().zip([COLOURS[1], PUBLISHED]) {
        let points = points.into_iter().map(|(threshold, share)| (f64::from(threshold), share)).collect();
        line(&mut chart, points, name, colour)?;
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    Ok(area.present()?)
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn line<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, points: Vec<(f64, f64)>, name: &str, colour: RGBColor) -> Drawn {
    chart
        .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
        .label(name)
        .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)));
    Ok(())
}

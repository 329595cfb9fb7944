//! Turns a page into HTML.

use std::sync::LazyLock;

use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, context, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

use crate::{assets, layout::Layout};

/// A page: a template and what it shows.
pub(crate) trait Page: Serialize + Sized {
    /// The template's path under `templates/`.
    const TEMPLATE: &'static str;

    /// The page's title, without "Ward". Holds no more of a patient than initials: titles show in
    /// tabs, histories and task bars.
    fn title(&self) -> String;

    /// The page in the states worth looking at.
    #[cfg(test)]
    fn samples() -> Vec<Self>;
}

/// One line of the summary of what is wrong with a form, leading to the field.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    pub(crate) text: String,
    pub(crate) href: &'static str,
}

/// A template that could not be rendered: a mistake of ours, never the caller's.
#[derive(Debug, thiserror::Error)]
#[error("the page {template} could not be rendered")]
pub(crate) struct RenderError {
    template: &'static str,
    source: minijinja::Error,
}

pub(crate) static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment(assets::TEMPLATES);
    // The design system's templates ask for parameters that were not given; that ours ask for
    // nothing of the sort is a test (`templates_name_only_what_pages_have`).
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment
});

pub(crate) fn environment(
    templates: &'static [(&'static str, &'static str)],
) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // As the design system's templates are written.
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_loader(move |name| {
        let found = templates.iter().find(|(known, _)| *known == name);
        Ok(found.map(|(_, text)| (*text).to_owned()))
    });
    environment
}

/// The page as HTML.
pub(crate) fn render<P: Page>(layout: &Layout, page: &P) -> Result<String, RenderError> {
    let layout = layout.titled(&page.title());
    render_in(&ENVIRONMENT, P::TEMPLATE, &layout, page).map_err(|source| RenderError {
        template: P::TEMPLATE,
        source,
    })
}

pub(crate) fn render_in(
    environment: &Environment<'_>,
    template: &str,
    layout: &Layout,
    page: &impl Serialize,
) -> Result<String, minijinja::Error> {
    let context = context! { layout => Serde(layout), page => Serde(page) };
    environment.get_template(template)?.render(context)
}

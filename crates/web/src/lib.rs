//! Pages: templates, NHS design system.

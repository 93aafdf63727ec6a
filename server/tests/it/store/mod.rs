//! The store and the recorder, on both databases.

mod clocks;
mod expiry;
mod feed;
mod forget;
mod labels;
mod links;
mod lists;
mod model;
mod moderation;
mod moment_edits;
mod moment_joins;
mod moment_ranges;
mod moment_scene;
mod moments;
mod opening;
mod own;
mod races;
mod recorder;
mod rehearsals;
mod schema;
mod sessions;
mod settings;
mod support;
mod timestamps;
mod trash;
mod visitors;

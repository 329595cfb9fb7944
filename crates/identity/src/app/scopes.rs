//! What an app asks for (SMART App Launch 2.2, scopes and launch context).

use std::fmt;

use crate::{InvalidScope, Level, Scope, Scopes};

/// The scopes of an app: of resources, and of how it is launched and lives on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a scope, there or not"
)]
pub struct AppScopes {
    /// `user/` and `patient/` scopes.
    pub resources: Scopes,
    /// `launch`: it is opened from a patient's page.
    pub launch: bool,
    /// `launch/patient`: its person chooses a patient.
    pub launch_patient: bool,
    /// `offline_access`: it may go on after its person's session, until the authorization ends.
    pub offline_access: bool,
    /// `online_access`: it may refresh as long as its person's session lasts.
    pub online_access: bool,
}

impl AppScopes {
    /// Reads scopes that stand apart by blanks (RFC 6749 3.3). Those of other purposes, such as
    /// `openid`, are left out of what is granted.
    ///
    /// # Errors
    /// [`InvalidScope`] where one looks like a resource's and is none of an app.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        let mut scopes = Self::default();
        let mut resources = Vec::new();
        for one in text.split(' ') {
            match one {
                "launch" => scopes.launch = true,
                "launch/patient" => scopes.launch_patient = true,
                "offline_access" => scopes.offline_access = true,
                "online_access" => scopes.online_access = true,
                other if other.contains('/') => resources.push(other),
                _ => {}
            }
        }
        scopes.resources = Scopes::parse(&resources.join(" "))?;
        let is_apps = |scope: &Scope| scope.level() != Level::System;
        if scopes.resources.iter().all(is_apps) {
            Ok(scopes)
        } else {
            Err(InvalidScope)
        }
    }

    /// What is asked for, as far as it is registered.
    #[must_use]
    pub fn granted_by(&self, registered: &Self) -> Self {
        Self {
            resources: self.resources.granted_by(&registered.resources),
            launch: self.launch && registered.launch,
            launch_patient: self.launch_patient && registered.launch_patient,
            offline_access: self.offline_access && registered.offline_access,
            online_access: self.online_access && registered.online_access,
        }
    }

    /// Whether nothing here goes beyond what was granted (RFC 6749 6).
    pub(crate) fn is_within(&self, granted: &Self) -> bool {
        let within = |asked: bool, had: bool| had || !asked;
        self.resources.iter().all(|scope| {
            let one = Scopes::from_iter([scope.clone()]);
            let common = one.granted_by(&granted.resources);
            let permitted = |permission| {
                common
                    .iter()
                    .any(|had| had.allows(scope.resource_type(), permission))
            };
            scope.permissions().all(permitted)
        }) && within(self.launch, granted.launch)
            && within(self.launch_patient, granted.launch_patient)
            && within(self.offline_access, granted.offline_access)
            && within(self.online_access, granted.online_access)
    }

    /// Whether there is a refresh token.
    pub(crate) const fn refreshes(&self) -> bool {
        self.offline_access || self.online_access
    }

    /// Whether a patient must be known before it is granted.
    pub(crate) fn needs_patient(&self) -> bool {
        let of_patient = |scope: &Scope| scope.level() == Level::Patient;
        self.launch || self.launch_patient || self.resources.iter().any(of_patient)
    }
}

impl fmt::Display for AppScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (self.launch, "launch"),
            (self.launch_patient, "launch/patient"),
            (self.offline_access, "offline_access"),
            (self.online_access, "online_access"),
        ];
        let resources = self.resources.iter().map(AsRef::as_ref);
        let others = named
            .into_iter()
            .filter_map(|(is_there, name)| is_there.then_some(name));
        let all: Vec<&str> = others.chain(resources).collect();
        f.write_str(&all.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_apps_are_read_and_those_of_services_refused() {
        for (text, read) in [
            (
                "launch/patient patient/Patient.rs openid fhirUser",
                Some("launch/patient patient/Patient.rs"),
            ),
            (
                "patient/Observation.rs?category=vital-signs offline_access",
                Some("offline_access patient/Observation.rs?category=vital-signs"),
            ),
            ("", Some("")),
            ("system/Patient.rs", None),
            ("patient/Patient.read", None),
            ("launch/encounter", None),
        ] {
            let parsed = AppScopes::parse(text).ok().map(|scopes| scopes.to_string());
            assert_eq!(parsed.as_deref(), read, "{text}");
        }
    }

    /// The attack: scopes widened at a refresh.
    #[test]
    fn what_is_asked_for_again_is_no_more_than_was_granted() {
        let granted = "launch/patient patient/Observation.rs?category=laboratory user/Patient.r";
        let granted = AppScopes::parse(granted).unwrap();
        for (asked, within) in [
            ("user/Patient.r", true),
            ("patient/Observation.r?category=laboratory", true),
            ("patient/Observation.r", true),
            ("user/Patient.rs", false),
            ("patient/Patient.r", false),
            ("user/Observation.r", false),
            ("offline_access", false),
            ("user/*.r", false),
        ] {
            let asked = AppScopes::parse(asked).unwrap();
            assert_eq!(asked.is_within(&granted), within, "{asked}");
        }
    }
}

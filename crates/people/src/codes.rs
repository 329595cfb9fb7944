//! The clinical codes in use: a small list, each of a system that may be copied.
//!
//! - Problems: MeSH descriptors (U.S. National Library of Medicine; free of licence, attributed).
//! - Medicines and substances: RxNorm concept ids made by the same library (no licence needed).
//! - Observations and documents: LOINC. This material contains content from LOINC
//!   (loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the LOINC Committee, and is
//!   available at no cost under the licence at loinc.org/license.
//! - Units: UCUM (Regenstrief Institute; free to use).
//!
//! SNOMED CT and dm+d are what the NHS uses; their content wants a licence, so none is here.

pub(crate) const MESH: &str = "http://id.nlm.nih.gov/mesh";
pub(crate) const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
pub(crate) const LOINC: &str = "http://loinc.org";
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

/// A long-term problem: how common it is, and what is given for it.
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) heading: &'static str,
    /// What people here call it.
    pub(crate) text: &'static str,
    /// The youngest age at which it begins.
    pub(crate) from_age: i32,
    /// Shares of people of that age who have it: at 30, 50, 70 and 85 years.
    pub(crate) share: [f64; 4],
    pub(crate) medicines: &'static [Medicine],
}

/// A medicine and how it is taken.
pub(crate) struct Medicine {
    pub(crate) code: &'static str,
    pub(crate) display: &'static str,
    pub(crate) text: &'static str,
    pub(crate) directions: &'static str,
}

const fn medicine(
    code: &'static str,
    display: &'static str,
    text: &'static str,
    directions: &'static str,
) -> Medicine {
    Medicine {
        code,
        display,
        text,
        directions,
    }
}

const fn problem(
    code: &'static str,
    heading: &'static str,
    text: &'static str,
    from_age: i32,
    share: [f64; 4],
    medicines: &'static [Medicine],
) -> Problem {
    Problem {
        code,
        heading,
        text,
        from_age,
        share,
        medicines,
    }
}

/// Problems, in no order.
pub(crate) const PROBLEMS: &[Problem] = &[
    problem(
        "D006973",
        "Hypertension",
        "High blood pressure",
        25,
        [0.03, 0.18, 0.45, 0.55],
        &[
            medicine(
                "17767",
                "amlodipine",
                "Amlodipine 5 mg tablets",
                "Take one tablet once a day",
            ),
            medicine(
                "35296",
                "ramipril",
                "Ramipril 5 mg capsules",
                "Take one capsule once a day",
            ),
        ],
    ),
    problem(
        "D003924",
        "Diabetes Mellitus, Type 2",
        "Type 2 diabetes",
        30,
        [0.01, 0.07, 0.16, 0.17],
        &[medicine(
            "6809",
            "metformin",
            "Metformin 500 mg tablets",
            "Take one tablet twice a day with meals",
        )],
    ),
    problem(
        "D003922",
        "Diabetes Mellitus, Type 1",
        "Type 1 diabetes",
        6,
        [0.006, 0.006, 0.004, 0.002],
        &[medicine(
            "274783",
            "insulin glargine",
            "Insulin glargine 100 units/ml pre-filled pen",
            "18 units under the skin at 8 in the evening",
        )],
    ),
    problem(
        "D001249",
        "Asthma",
        "Asthma",
        3,
        [0.10, 0.08, 0.08, 0.06],
        &[medicine(
            "435",
            "albuterol",
            "Salbutamol 100 micrograms inhaler",
            "Two puffs when needed",
        )],
    ),
    problem(
        "D029424",
        "Pulmonary Disease, Chronic Obstructive",
        "COPD",
        40,
        [0.0, 0.03, 0.09, 0.09],
        &[medicine(
            "69120",
            "tiotropium",
            "Tiotropium 2.5 micrograms inhaler",
            "Two puffs once a day",
        )],
    ),
    problem(
        "D003863",
        "Depression",
        "Depression",
        14,
        [0.12, 0.13, 0.09, 0.08],
        &[medicine(
            "36437",
            "sertraline",
            "Sertraline 50 mg tablets",
            "Take one tablet once a day",
        )],
    ),
    problem(
        "D001008",
        "Anxiety Disorders",
        "Anxiety",
        12,
        [0.10, 0.08, 0.05, 0.04],
        &[],
    ),
    problem(
        "D001281",
        "Atrial Fibrillation",
        "Atrial fibrillation",
        45,
        [0.0, 0.01, 0.07, 0.17],
        &[medicine(
            "1364430",
            "apixaban",
            "Apixaban 5 mg tablets",
            "Take one tablet twice a day",
        )],
    ),
    problem(
        "D006333",
        "Heart Failure",
        "Heart failure",
        50,
        [0.0, 0.005, 0.04, 0.12],
        &[
            medicine(
                "4603",
                "furosemide",
                "Furosemide 40 mg tablets",
                "Take one tablet in the morning",
            ),
            medicine(
                "19484",
                "bisoprolol",
                "Bisoprolol 2.5 mg tablets",
                "Take one tablet once a day",
            ),
        ],
    ),
    problem(
        "D003327",
        "Coronary Disease",
        "Coronary heart disease",
        40,
        [0.0, 0.03, 0.12, 0.20],
        &[
            medicine(
                "83367",
                "atorvastatin",
                "Atorvastatin 40 mg tablets",
                "Take one tablet at night",
            ),
            medicine(
                "1191",
                "aspirin",
                "Aspirin 75 mg dispersible tablets",
                "Take one tablet once a day",
            ),
        ],
    ),
    problem(
        "D020521",
        "Stroke",
        "Stroke",
        45,
        [0.0, 0.01, 0.05, 0.11],
        &[medicine(
            "32968",
            "clopidogrel",
            "Clopidogrel 75 mg tablets",
            "Take one tablet once a day",
        )],
    ),
    problem(
        "D051436",
        "Renal Insufficiency, Chronic",
        "Chronic kidney disease stage 3",
        45,
        [0.0, 0.02, 0.12, 0.30],
        &[],
    ),
    problem(
        "D010003",
        "Osteoarthritis",
        "Osteoarthritis",
        40,
        [0.0, 0.08, 0.25, 0.35],
        &[medicine(
            "161",
            "acetaminophen",
            "Paracetamol 500 mg tablets",
            "Take two tablets up to four times a day when needed",
        )],
    ),
    problem(
        "D007037",
        "Hypothyroidism",
        "Underactive thyroid",
        20,
        [0.02, 0.04, 0.08, 0.09],
        &[medicine(
            "10582",
            "levothyroxine",
            "Levothyroxine 75 microgram tablets",
            "Take one tablet in the morning",
        )],
    ),
    problem(
        "D005764",
        "Gastroesophageal Reflux",
        "Acid reflux",
        20,
        [0.05, 0.10, 0.15, 0.15],
        &[medicine(
            "7646",
            "omeprazole",
            "Omeprazole 20 mg capsules",
            "Take one capsule once a day",
        )],
    ),
    problem(
        "D003704",
        "Dementia",
        "Dementia",
        65,
        [0.0, 0.0, 0.04, 0.20],
        &[medicine(
            "135447",
            "donepezil",
            "Donepezil 10 mg tablets",
            "Take one tablet at night",
        )],
    ),
    problem(
        "D010300",
        "Parkinson Disease",
        "Parkinson's disease",
        55,
        [0.0, 0.001, 0.01, 0.02],
        &[],
    ),
    problem(
        "D010024",
        "Osteoporosis",
        "Osteoporosis",
        55,
        [0.0, 0.01, 0.08, 0.17],
        &[medicine(
            "46041",
            "alendronate",
            "Alendronic acid 70 mg tablets",
            "Take one tablet once a week",
        )],
    ),
    problem(
        "D004827",
        "Epilepsy",
        "Epilepsy",
        2,
        [0.008, 0.008, 0.01, 0.012],
        &[medicine(
            "28439",
            "lamotrigine",
            "Lamotrigine 100 mg tablets",
            "Take one tablet twice a day",
        )],
    ),
    problem(
        "D008881",
        "Migraine Disorders",
        "Migraine",
        12,
        [0.12, 0.12, 0.05, 0.03],
        &[],
    ),
    problem(
        "D004485",
        "Eczema",
        "Eczema",
        1,
        [0.08, 0.06, 0.06, 0.05],
        &[],
    ),
    problem(
        "D006073",
        "Gout",
        "Gout",
        35,
        [0.005, 0.03, 0.06, 0.06],
        &[medicine(
            "519",
            "allopurinol",
            "Allopurinol 100 mg tablets",
            "Take one tablet once a day",
        )],
    ),
    problem(
        "D043183",
        "Irritable Bowel Syndrome",
        "Irritable bowel syndrome",
        15,
        [0.09, 0.09, 0.05, 0.03],
        &[],
    ),
    problem(
        "D034381",
        "Hearing Loss",
        "Hearing loss",
        50,
        [0.005, 0.04, 0.2, 0.4],
        &[],
    ),
];

/// A substance: `RxNorm` code, display, what people call it, and what it does to them.
type Allergen = (&'static str, &'static str, &'static str, &'static str);

/// What people are allergic to, by weight.
pub(crate) const ALLERGENS: &[(u32, Allergen)] = &[
    (50, ("7980", "penicillin G", "Penicillin", "Rash")),
    (15, ("723", "amoxicillin", "Amoxicillin", "Rash")),
    (12, ("5640", "ibuprofen", "Ibuprofen", "Wheeze")),
    (10, ("1191", "aspirin", "Aspirin", "Wheeze")),
    (8, ("10829", "trimethoprim", "Trimethoprim", "Rash")),
    (8, ("2670", "codeine", "Codeine", "Vomiting")),
    (5, ("7052", "morphine", "Morphine", "Itching")),
    (4, ("2193", "ceftriaxone", "Ceftriaxone", "Anaphylaxis")),
];

/// A measurement: LOINC code, name, UCUM unit, mean and spread.
pub(crate) struct Measure {
    pub(crate) code: &'static str,
    pub(crate) display: &'static str,
    pub(crate) text: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) mean: f64,
    pub(crate) spread: f64,
    /// Digits after the point.
    pub(crate) digits: usize,
}

const fn measure(
    (code, display, text): (&'static str, &'static str, &'static str),
    unit: &'static str,
    mean: f64,
    spread: f64,
    digits: usize,
) -> Measure {
    Measure {
        code,
        display,
        text,
        unit,
        mean,
        spread,
        digits,
    }
}

pub(crate) const SYSTOLIC: Measure = measure(
    ("8480-6", "Systolic blood pressure", "Systolic"),
    "mm[Hg]",
    131.0,
    15.0,
    0,
);
pub(crate) const DIASTOLIC: Measure = measure(
    ("8462-4", "Diastolic blood pressure", "Diastolic"),
    "mm[Hg]",
    79.0,
    9.0,
    0,
);
/// Vital signs and laboratory results apart from blood pressure: whether a laboratory made it.
pub(crate) const MEASURES: &[(bool, Measure)] = &[
    (
        false,
        measure(
            (
                "39156-5",
                "Body mass index (BMI) [Ratio]",
                "Body mass index",
            ),
            "kg/m2",
            27.4,
            4.6,
            1,
        ),
    ),
    (
        false,
        measure(("8867-4", "Heart rate", "Pulse"), "/min", 74.0, 10.0, 0),
    ),
    (
        true,
        measure(
            (
                "59261-8",
                "Hemoglobin A1c/Hemoglobin.total in Blood by IFCC protocol",
                "HbA1c",
            ),
            "mmol/mol",
            42.0,
            8.0,
            0,
        ),
    ),
    (
        true,
        measure(
            (
                "2160-0",
                "Creatinine [Mass/volume] in Serum or Plasma",
                "Creatinine",
            ),
            "mg/dL",
            0.95,
            0.22,
            2,
        ),
    ),
    (
        true,
        measure(
            ("718-7", "Hemoglobin [Mass/volume] in Blood", "Haemoglobin"),
            "g/dL",
            13.8,
            1.4,
            1,
        ),
    ),
    (
        true,
        measure(
            (
                "2823-3",
                "Potassium [Moles/volume] in Serum or Plasma",
                "Potassium",
            ),
            "mmol/L",
            4.3,
            0.35,
            1,
        ),
    ),
];

/// Reasons for which people are seen once.
pub(crate) const REASONS: &[&str] = &[
    "Cough",
    "Sore throat",
    "Back pain",
    "Fall at home",
    "Chest infection",
    "Medication review",
    "Rash",
    "Abdominal pain",
    "Headache",
    "Ear pain",
    "Urinary symptoms",
    "Dizziness",
    "Wound care",
    "Annual review",
    "Breathlessness",
    "Knee pain",
    "Fever in a child",
    "Sprained ankle",
];

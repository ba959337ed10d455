//! The words of banks and blueprints, each with its name in JSON and in Chinese.

use serde::{Deserialize, Serialize};
use std::fmt;

kaoping_record::coded_enums! {
    /// A function (职业功能, and the two parts of 基本要求): the rows of the standard's weight tables.
    Function {
        /// Professional ethics.
        Ethics = "ethics" "职业道德",
        /// What every carer knows: law, hygiene, first aid and the like.
        Foundations = "foundations" "基础知识",
        /// Washing, dressing, feeding, moving.
        DailyCare = "daily_care" "生活照护",
        /// Vital signs, medicines, prevention of infections and sores.
        BasicNursing = "basic_nursing" "基础护理",
        /// Emergencies: at level 5 to recognise them and to call 120.
        Emergency = "emergency" "应急处置",
        /// Nursing by symptom, such as pain or fever.
        SymptomCare = "symptom_care" "对症护理",
        /// Care in illness.
        DiseaseCare = "disease_care" "疾病护理",
        /// Keeping up abilities.
        FunctionMaintenance = "function_maintenance" "功能维护",
        /// Support of mood, sleep and contact with others.
        PsychologicalCare = "psychological_care" "心理照护",
    }

    /// The type of an item (题型).
    ItemType {
        /// One option is right.
        SingleChoice = "single_choice" "单选题",
        /// Two or more options are right.
        MultipleChoice = "multiple_choice" "多选题",
        /// A statement that is right or wrong.
        TrueFalse = "true_false" "判断题",
    }

    /// The kind of the bank (题库).
    BankKind {
        /// The national bank (国家题库).
        National = "national" "国家题库",
        /// A province's bank, consented and filed (拓展题库).
        Extended = "extended" "拓展题库",
    }

    /// How important a point is (重要程度).
    Importance {
        /// Core.
        X = "X" "核心要素",
        /// General.
        Y = "Y" "一般要素",
        /// Minor.
        Z = "Z" "辅助要素",
    }

    /// Which rules of banks and of the draw apply.
    Profile {
        /// Sample items, labelled so; a draw by any number of custodians.
        Sample = "sample" "样题",
        /// Certification: an outside custodian or public entropy, filed banks, full coverage of
        /// points.
        Formal = "formal" "正式",
    }
}

/// A level of the occupation (技能等级), in JSON its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "5 | 4 | 3"))]
#[serde(try_from = "u8", into = "u8")]
pub enum Level {
    /// 五级/初级工, the lowest.
    Five,
    /// 四级/中级工.
    Four,
    /// 三级/高级工.
    Three,
}

/// A number that is no level of the occupation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("levels of the occupation are 5, 4 and 3; got {0}")]
pub struct LevelError(u8);

impl Level {
    /// All of them, from the lowest.
    pub const ALL: &[Self] = &[Self::Five, Self::Four, Self::Three];

    /// 5, 4 or 3; the lowest level has the highest number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Five => 5,
            Self::Four => 4,
            Self::Three => 3,
        }
    }

    /// Its Chinese name.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Five => "五级/初级工",
            Self::Four => "四级/中级工",
            Self::Three => "三级/高级工",
        }
    }
}

impl TryFrom<u8> for Level {
    type Error = LevelError;
    fn try_from(number: u8) -> Result<Self, LevelError> {
        Self::ALL.iter().copied().find(|level| level.number() == number).ok_or(LevelError(number))
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Level {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        u8::schema()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Level {}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.number()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.number())
    }
}

/// A number outside 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number from 1 to 5; got {0}")]
pub struct ScaleError(u8);

macro_rules! scales {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = u8))]
        #[serde(try_from = "u8", into = "u8")]
        pub struct $name(u8);

        impl $name {
            /// Reads it.
            ///
            /// # Errors
            /// [`ScaleError`] outside 1 to 5.
            pub const fn new(value: u8) -> Result<Self, ScaleError> {
                if value >= 1 && value <= 5 { Ok(Self(value)) } else { Err(ScaleError(value)) }
            }

            /// Its value, 1 to 5.
            #[must_use]
            pub const fn get(self) -> u8 {
                self.0
            }
        }

        impl TryFrom<u8> for $name {
            type Error = ScaleError;
            fn try_from(value: u8) -> Result<Self, ScaleError> {
                Self::new(value)
            }
        }

        impl From<$name> for u8 {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )+};
}

scales! {
    /// Difficulty (难度) from 1, which nearly everybody solves, to 5, which about a third does.
    Difficulty;
    /// Consistency (一致性): how closely an item fits its point, 5 best.
    Consistency;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_names_are_those_of_the_specification() {
        for function in Function::ALL {
            assert_eq!(serde_json::to_string(function).ok(), Some(format!("\"{}\"", function.code())));
        }
        assert_eq!(Function::ALL.len(), 9);
        assert_eq!(serde_json::from_str::<ItemType>("\"true_false\"").ok(), Some(ItemType::TrueFalse));
        assert_eq!(serde_json::from_str::<BankKind>("\"extended\"").ok(), Some(BankKind::Extended));
    }

    #[test]
    fn levels_and_scales_are_bounded() {
        assert_eq!(serde_json::from_str::<Level>("5").ok(), Some(Level::Five));
        for wrong in ["2", "6", "\"5\"", "-1"] {
            assert!(serde_json::from_str::<Level>(wrong).is_err(), "{wrong}");
        }
        assert!(Difficulty::new(0).is_err() && Difficulty::new(6).is_err());
        assert_eq!(Difficulty::new(5).map(Difficulty::get), Ok(5));
    }
}

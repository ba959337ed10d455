//! Enumerations whose values have a code in JSON and a name in Chinese.

/// Declares enumerations from a table of codes and Chinese names.
///
/// Each gets `ALL`, `code()`, `chinese()`, `Display` (the code), and its code as JSON. `Name read by fold` adds
/// `read(text)`: it finds the value whose Chinese name, or another spelling of the table, is what `fold` makes of the text.
#[macro_export]
macro_rules! coded_enums {
    ($($(#[$doc:meta])* $name:ident $(read by $fold:ident)? { $($table:tt)+ })+) => {$(
        $crate::coded_enums! { @type $(#[$doc])* $name { $($table)+ } }
        $crate::coded_enums! { @read $name ($($fold)?) { $($table)+ } }
    )+};
    (@type $(#[$doc:meta])* $name:ident {
        $($(#[$value_doc:meta])* $value:ident = $code:literal $chinese:literal $(| $other:literal)*,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $code)] $value,)+
        }

        impl $name {
            /// All values, in the order of their table.
            pub const ALL: &[Self] = &[$(Self::$value,)+];

            /// The value's name in JSON.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code,)+ }
            }

            /// The value's Chinese name, as pages and files for clerks show it.
            #[must_use]
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$value => $chinese,)+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.code())
            }
        }
    };
    (@read $name:ident () $table:tt) => {};
    (@read $name:ident ($fold:ident) {
        $($(#[$value_doc:meta])* $value:ident = $code:literal $chinese:literal $(| $other:literal)*,)+
    }) => {
        impl $name {
            /// Reads the Chinese name or another spelling in use.
            #[must_use]
            pub fn read(text: &str) -> Option<Self> {
                match $fold(text).as_str() {
                    $($chinese $(| $other)* => Some(Self::$value),)+
                    _ => None,
                }
            }
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro declares public types")]
mod tests {
    coded_enums! {
        /// A side of the road.
        Side read by lowercase {
            /// Left.
            Left = "left" "左" | "l",
            /// Right.
            Right = "right" "右" | "r" | "right-hand",
        }
    }

    fn lowercase(text: &str) -> String {
        text.to_lowercase()
    }

    // Catches a code that JSON and Display write differently, and a spelling that reads as another value.
    #[test]
    fn codes_names_and_spellings_are_those_of_the_table() {
        for (side, code, chinese) in [(Side::Left, "left", "左"), (Side::Right, "right", "右")] {
            assert_eq!((side.code(), side.chinese(), side.to_string().as_str()), (code, chinese, code));
            assert_eq!(serde_json::to_string(&side).ok(), Some(format!("\"{code}\"")));
            assert_eq!(Side::read(chinese), Some(side));
        }
        assert_eq!((Side::read("L"), Side::read("Right-hand")), (Some(Side::Left), Some(Side::Right)));
        assert_eq!(Side::read("left"), None, "the code is for JSON alone");
        assert_eq!(Side::ALL, [Side::Left, Side::Right]);
    }
}

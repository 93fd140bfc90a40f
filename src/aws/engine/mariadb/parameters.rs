use crate::aws::engine::parameter::Parameter;
pub(super) static PARAMETERS: &[Parameter] = &[];

// Winding numbers with what every CPU of the architecture has.
#define NAME(x) x##_generic
#include "winding.inc"

/* Dense layers in double, on plain weights. */
#include "real_f64.h"

enum { TILE_PANELS = 2 };
#include "dense_tile.h"

#include "dense_plain.h"

/* Dense layers in double, on plain weights. */
#include "real_f64.h"

#include <math.h>

#define TILES HK_TILES_F64
#include "dense_tile.h"

#include "dense_rows.h"

#include "dense_slices.h"

/* Hillock: dot products, activation functions and dense forward passes with the same bits on every instruction set.
   This header includes all the others. */
#ifndef HILLOCK_HILLOCK_H
#define HILLOCK_HILLOCK_H

#include "hillock/activation.h"
#include "hillock/cpu.h"
#include "hillock/dense.h"
#include "hillock/dot.h"
#include "hillock/network.h"
#include "hillock/status.h"
#include "hillock/types.h"

#endif

/* Planting defects, to see that the tests find them. The environment's HK_PLANT names one of the defects in this
 * folder, for a whole program; plant() puts one function of a table in the place of another. */
#ifndef HK_TEST_PLANTS_H
#define HK_TEST_PLANTS_H

/* 1 if HK_PLANT is this name. */
int planted(const char *name);

typedef void plant_function(void);
/* Writes to a slot of a constant table, and returns what was there. */
plant_function *plant(const void *slot, plant_function *function);

#endif

/* Leave to use AMX's tiles, which the operating system gives to those processes that ask for it. */
#ifndef HK_AMX_LEAVE_H
#define HK_AMX_LEAVE_H

/* Asks at the first call: 1 if the tiles may be used. Racing threads get the same answer. */
int hk_amx_permitted(void);

/* 1 if it was asked, and refused. */
int hk_amx_refused(void);

#endif

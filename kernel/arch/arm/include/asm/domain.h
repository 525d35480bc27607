/* SPDX-License-Identifier: MIT */
/*
 * Every section and second-level table belongs to one of 16 domains; DACR
 * holds two bits for each (ARM DDI 0406C, B3.12).  All our domains are
 * "client", so the descriptors' AP bits decide, with one exception: under
 * software PAN the kernel runs with DOMAIN_USER at "no access", and opens it
 * only around a user copy.
 */
#ifndef __ASM_PROC_DOMAIN_H
#define __ASM_PROC_DOMAIN_H

#define DOMAIN_KERNEL	0
#define DOMAIN_USER	1
#define DOMAIN_IO	2
#define DOMAIN_VECTORS	3

#define DOMAIN_NOACCESS	0
#define DOMAIN_CLIENT	1

#define domain_val(dom, type)	((type) << (2 * (dom)))

#define DACR_KERNEL_PART \
	(domain_val(DOMAIN_KERNEL, DOMAIN_CLIENT) | \
	 domain_val(DOMAIN_IO, DOMAIN_CLIENT) | \
	 domain_val(DOMAIN_VECTORS, DOMAIN_CLIENT))

#define DACR_UACCESS_DISABLE \
	(DACR_KERNEL_PART | domain_val(DOMAIN_USER, DOMAIN_NOACCESS))
#define DACR_UACCESS_ENABLE \
	(DACR_KERNEL_PART | domain_val(DOMAIN_USER, DOMAIN_CLIENT))

#ifdef CONFIG_CPU_SW_DOMAIN_PAN
#define DACR_INIT	DACR_UACCESS_DISABLE
#else
#define DACR_INIT	DACR_UACCESS_ENABLE
#endif

#endif

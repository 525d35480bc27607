/*
 * UART0: output is polled, so that a message is out when printk returns;
 * input comes by interrupt and goes to the terminal.
 */
#include <linux/bitops.h>
#include <linux/console.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kernel.h>

#define UART0_PHYS 0x44e09000
#define UART0_SIZE 0x1000
#define UART0_IRQ 72
#define UART_CLOCK 48000000
#define BAUD_RATE 115200

/* registers of the 16550, four bytes apart */
#define UART_RX 0x00
#define UART_TX 0x00
#define UART_DLL 0x00		/* while LCR_DLAB is set */
#define UART_IER 0x04
#define UART_DLM 0x04		/* while LCR_DLAB is set */
#define UART_FCR 0x08
#define UART_LCR 0x0c
#define UART_LSR 0x14
#define UART_MDR1 0x20		/* OMAP's own: mode of operation */

#define IER_RDI BIT(0)
#define FCR_ENABLE_AND_CLEAR 0x07
#define LCR_8N1 0x03
#define LCR_DLAB BIT(7)
#define LSR_DR BIT(0)		/* a character has come */
#define LSR_THRE BIT(5)		/* room for one to go */
#define LSR_TEMT BIT(6)		/* all are gone */
#define MDR1_16X 0

static void __iomem *uart;

static void omap8250_wait(u32 status)
{
	while (!(readl(uart + UART_LSR) & status))
		;
}

static void omap8250_putc(unsigned char c)
{
	omap8250_wait(LSR_THRE);
	writel(c, uart + UART_TX);
}

/* Lines end in a carriage return as well, as terminals want it. */
void tty_driver_write(const char *s, unsigned int count)
{
	for (; count--; s++) {
		if (*s == '\n')
			omap8250_putc('\r');
		omap8250_putc(*s);
	}
}

void console_flush_on_panic(void)
{
	omap8250_wait(LSR_TEMT);
}

static irqreturn_t omap8250_interrupt(int irq, void *dev_id)
{
	while (readl(uart + UART_LSR) & LSR_DR)
		tty_receive_char(readl(uart + UART_RX));
	return IRQ_HANDLED;
}

/* Called by start_kernel(); at reset the UART is disabled, and silent. */
void __init console_init(void)
{
	unsigned int divisor = DIV_ROUND_UP(UART_CLOCK, 16 * BAUD_RATE) - 1;

	uart = ioremap(UART0_PHYS, UART0_SIZE);
	writel(LCR_DLAB, uart + UART_LCR);
	writel(divisor & 0xff, uart + UART_DLL);
	writel(divisor >> 8, uart + UART_DLM);
	writel(LCR_8N1, uart + UART_LCR);
	writel(FCR_ENABLE_AND_CLEAR, uart + UART_FCR);
	writel(MDR1_16X, uart + UART_MDR1);
}

static int __init omap8250_init(void)
{
	int err = request_irq(UART0_IRQ, omap8250_interrupt, 0, "ttyS0", NULL);
	if (err)
		return err;
	writel(IER_RDI, uart + UART_IER);
	pr_info("ttyS0 at MMIO 0x%x (irq = %d, base_baud = %d) is a 8250\n",
		UART0_PHYS, UART0_IRQ, UART_CLOCK / 16);
	return 0;
}
device_initcall(omap8250_init);

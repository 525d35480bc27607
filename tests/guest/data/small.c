/* A program with a structure of every kind, for readers of ELF and DWARF. */

enum color { RED,
	     GREEN = 5,
	     BLUE };
typedef unsigned int u32;

struct bits {
	int x : 3;
	unsigned int y : 5;
	unsigned int wide : 24;
	u32 z;
};

union word {
	int i;
	float f;
	unsigned char bytes[4];
};

struct node {
	char *name;
	unsigned int len;
	unsigned int val;
	struct bits in[3];
	union word u;
	enum color c;
	struct {
		int anon1;
		int anon2;
	};
	void (*fn)(int, char *);
	struct node *next;
	const volatile char tag[16];
	long long q;
	_Bool b;
	double d;
	unsigned char matrix[2][3];
	char flexible[];
};

struct node first = {
	.name = "beagle",
	.len = 6,
	.val = 7,
	.in = { { -1, 17, 70000, 1 }, { 3, 2, 1, 2 }, { -4, 31, 0, 3 } },
	.u = { .i = 0x3fc00000 },
	.c = GREEN,
	.anon2 = 22,
	.next = &first,
	.tag = "tagged",
	.q = -5000000000LL,
	.b = 1,
	.d = 2.5,
	.matrix = { { 1, 2, 3 }, { 4, 5, 6 } },
};
int counter;

__attribute__((noinline)) static int leaf(int a, struct node *p)
{
	int local = a * 3;

	for (int i = 0; i < a; i++)
		local += p->len ^ i;
	return local;
}

__attribute__((noinline)) long middle(struct node *in, void *out)
{
	volatile long result = leaf(counter, in);

	return result + (out != 0);
}

__attribute__((noinline)) int main(int argc, char **argv)
{
	counter = argc;
	return middle(&first, argv) + counter;
}

void _start(void)
{
	main(3, 0);
	for (;;)
		;
}

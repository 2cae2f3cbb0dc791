/** Arguments of `create_order`, as a client sends them. */
export const orderSample = {
  reference: "PO-2026-0042",
  channel: "web",
  currency: "EUR",
  placedOn: "2026-11-20",
  deliverBy: "2026-11-27",
  warehouse: "london-2",
  priority: 3,
  giftWrap: true,
  note: "Leave at the reception, second floor.",
  customer: {
    name: "Ada Lovelace",
    email: "ada@example.com",
    phone: "+44 20 7946 0000",
    newsletter: false,
    loyalty: { level: "gold", points: 1843 },
    address: { street: "12 St James's Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" },
  },
  lines: [
    { sku: "AB-1001", quantity: 2, unitPrice: 19.9, discountPercent: 0, options: { color: "blue", size: "M" } },
    { sku: "AB-1002", quantity: 1, unitPrice: 249, discountPercent: 0, options: { color: "black", size: "L" } },
    { sku: "CD-2040", quantity: 12, unitPrice: 1.25, discountPercent: 0, options: { color: "white", size: "S" } },
  ],
} as const;

// Package joinlink lets people join by themselves: an administrator makes a join link with a
// whitelist of addresses, its public page takes an address, the link in the confirmation email
// proves the mailbox, and an administrator approves where the link or the person's past asks for
// it.
package joinlink

// Package provisioning makes accounts and active members for people whom an administrator knows,
// without asking them first (CRE-1): for createUser, and for the rows of an import.
//
// A person whose account belongs to another organization is invited instead, by package invitation,
// so that they consent (CRE-3). Package admission makes everybody else a member.
package provisioning

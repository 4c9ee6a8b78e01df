// Package grouptree holds the tree of a workspace's groups and the rule of inherited membership
// (ADM-2). Every other package that needs the rule calls this one.
//
// The rule: a member inherits the learner role in a group as long as they hold it, otherwise than
// by inheritance, in a descendant that passes it up. A public group passes its learners to its
// parent, and so on up to and including the first private group. No other role is inherited.
//
// Each inheritance is a source of the assignment in the upper group. The source names the lower
// group. An assignment lives as long as it has a source. It is inherited when all of its sources
// are inheritances.
//
// Tree answers questions about the shape. Release and ReleaseSources take roles back, ApplyShift
// makes inherited memberships follow a change of the tree. These three know no programs: callers
// enroll the members that ApplyShift reports as entered, and withdraw those that left (ADM-3).
package grouptree

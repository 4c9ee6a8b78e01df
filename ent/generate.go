package ent

//go:generate go run usher/internal/gen

// The library for certificates needs a polyfill, loaded before it. So everybody gets it from here.
import 'reflect-metadata';

export * from '@peculiar/x509';
